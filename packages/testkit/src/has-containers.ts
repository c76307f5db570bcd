/** Whether this machine has a runtime for containers, where Docker and its like put their socket. */
import { existsSync } from 'node:fs';

export const hasContainers = (): boolean =>
  (process.env.DOCKER_HOST ?? '') !== '' || existsSync('/var/run/docker.sock');
