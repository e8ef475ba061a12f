import { consoleSink, fanOut, filter, kafkaSink, noopSink, type Sink } from "@activity/sink-kafka";
import { fileSink } from "@activity/spool";
import type { CloudSettings } from "./read-settings.ts";

/**
 * Where a cloud service writes its events: the same program runs on a laptop without Kafka and in production with it.
 *
 * Over Kafka, billing waits on disk, since money must survive a service that is killed or ends during an outage;
 * everything else waits in memory.
 */
export function chooseSink(settings: CloudSettings): Sink {
  switch (settings.sink) {
    case "kafka": {
      const { brokers, topic, sasl, ssl, spool } = settings;
      const kafka = { brokers, topic, sasl, ssl };
      return fanOut(
        filter(kafkaSink({ ...kafka, spool }), ({ event_type }) => event_type === "billing"),
        filter(kafkaSink(kafka), ({ event_type }) => event_type !== "billing"),
      );
    }
    case "file":
      return fileSink({ directory: settings.directory });
    case "console":
      return consoleSink();
    case "none":
      return noopSink();
  }
}
