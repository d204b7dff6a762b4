/** No answer came: the host is away, or the network is, or it is too busy. Whether the command was carried out is unknown. */
export class HostUnreachableError extends Error {
  override readonly name = 'HostUnreachableError';
}
