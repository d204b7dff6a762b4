import { request } from 'node:http';

const DISCOVERY_CLIENT_PORT = 6060;
const TIMEOUT_MS = 500;

/** Whether LightOS' discovery client runs on this host, asked as os-brick does; a refused connection takes well below a millisecond. */
export function isLightosDiscoveryRunning(port: number = DISCOVERY_CLIENT_PORT): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: 'localhost', port, path: '/metrics', method: 'HEAD', agent: false, timeout: TIMEOUT_MS });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.on('close', () => resolve(false));
    asked.end();
  });
}
