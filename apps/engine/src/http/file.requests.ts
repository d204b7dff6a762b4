/** What can be read as a file instead of a document: the address, and the type by which clients ask for it. */
const FILES = [{ path: /^\/vms\/[^/]+\/graphicsconsoles\/[^/]+$/, type: 'application/x-virt-viewer' }] as const;

/** The type of a file that can be asked for. */
export type FileType = (typeof FILES)[number]['type'];

/** The type of the file that a request asks for in the place of what is at the address; undefined for a document. */
export function fileRequested(method: string, path: string, accept = ''): FileType | undefined {
  const [type = ''] = accept.toLowerCase().split(/[,;]/, 1);
  return method === 'GET' ? FILES.find((file) => file.type === type.trim() && file.path.test(path))?.type : undefined;
}
