/** The socket of libvirtd on the lab's first host. */
export function labSocketPath(): string {
  const path = process.env['LAB_LIBVIRT_SOCKET_host_1'];
  if (path === undefined) throw new Error('LAB_LIBVIRT_SOCKET_host_1 is not set: eval "$(npm run -s lab -- env)" first');
  return path;
}
