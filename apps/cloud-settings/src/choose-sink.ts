import { consoleSink, kafkaSink, noopSink, type Sink } from "@activity/sink-kafka";
import { fileSink } from "@activity/spool";

/** What a sink can be chosen by. */
export interface SinkEnvironment {
  /** `kafka`, `file`, `console` or `none`. @defaultValue `kafka` where there are brokers, else `file` */
  readonly ACTIVITY_SINK?: string | undefined;
  /** `host:port`, separated by commas. */
  readonly KAFKA_BROKERS?: string | undefined;
  /** @defaultValue `events` */
  readonly KAFKA_TOPIC?: string | undefined;
  /** Folder of the embedded file sink. @defaultValue `./activity-data` */
  readonly ACTIVITY_DATA_DIR?: string | undefined;
}

/**
 * Where a cloud service writes its events, chosen by its environment alone: the same program runs on a
 * laptop without Kafka and in production with it.
 */
export function chooseSink(environment: SinkEnvironment): Sink {
  const {
    KAFKA_BROKERS: brokers,
    KAFKA_TOPIC: topic = "events",
    ACTIVITY_DATA_DIR: directory = "activity-data",
  } = environment;
  const kind = environment.ACTIVITY_SINK ?? (brokers ? "kafka" : "file");
  switch (kind) {
    case "kafka":
      if (!brokers)
        throw new Error(
          "ACTIVITY_SINK is kafka, but KAFKA_BROKERS is not set; it must be host:port[,host:port…]",
        );
      return kafkaSink({ brokers: brokers.split(","), topic });
    case "file":
      return fileSink({ directory });
    case "console":
      return consoleSink();
    case "none":
      return noopSink();
    default:
      throw new Error(`ACTIVITY_SINK is ${JSON.stringify(kind)}; it must be kafka, file, console or none`);
  }
}
