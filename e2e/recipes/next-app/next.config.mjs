export default {
  // Types are checked with those of the other tests.
  typescript: { ignoreBuildErrors: true },
  // As a dev server passes things on; Next always writes the target's name into `Host`.
  rewrites: async () => [{ source: "/elsewhere", destination: `${process.env.ELSEWHERE}/v1/events` }],
};
