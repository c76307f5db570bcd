/** The last resort for a server of one's own: a container, where there is a runtime for containers. */
import { GenericContainer, Wait } from 'testcontainers';

export interface ContainerRequest {
  readonly image: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Said twice by PostgreSQL: once while it is being set up. */
  readonly ready: { readonly log: RegExp; readonly times: number };
}

export interface TestContainer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startContainer({ image, port, environment, ready }: ContainerRequest): Promise<TestContainer> {
  const container = await new GenericContainer(image)
    .withExposedPorts(port)
    .withEnvironment({ ...environment })
    .withWaitStrategy(Wait.forLogMessage(ready.log, ready.times))
    .start();
  return {
    host: container.getHost(),
    port: container.getMappedPort(port),
    stop: async () => void (await container.stop()),
  };
}
