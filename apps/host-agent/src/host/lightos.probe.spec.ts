import { once } from 'node:events';
import { createServer } from 'node:http';
import { isLightosDiscoveryRunning } from './lightos.probe';

async function answeringWith(status: number): Promise<boolean> {
  const server = createServer((request, response) => {
    response.statusCode = request.method === 'HEAD' && request.url === '/metrics' ? status : 404;
    response.end();
  }).listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const running = await isLightosDiscoveryRunning(port);
  server.close();
  await once(server, 'close');
  await expect(isLightosDiscoveryRunning(port)).resolves.toBe(false);
  return running;
}

test('LightOS’ discovery client runs when its metrics answer with 200, and not without a server', async () => {
  await expect(answeringWith(200)).resolves.toBe(true);
  await expect(answeringWith(503)).resolves.toBe(false);
});
