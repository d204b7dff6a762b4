import { z } from 'zod';

/**
 * Why a host refused or failed a command. The message beside it is for people and carries no secret.
 *
 * | code | meaning | worth another try |
 * | --- | --- | --- |
 * | invalid_request | the message does not fit the schema: engine and agent differ in version | no |
 * | domain_not_found | libvirt has no such domain | no |
 * | monitors_unreachable | no monitor of the cluster answered in time | yes |
 * | image_not_found | the cluster has no such image | no |
 * | image_size_differs | the image is not of the size that the engine expects | no |
 * | access_denied | the cluster refused user and key | no |
 * | secret_missing | neither host nor engine has the secret that the disk names | no |
 * | device_conflict | the alias or the image is already used by another device or domain of this host | no |
 * | guest_refused | the guest does not release the device | no |
 * | not_enough_memory | the host cannot give the guest its memory | no |
 * | file_not_found | the kernel or initrd is not on the host | no |
 * | bridge_not_found | the bridge is not on the host | no |
 * | copy_failed | the data of a volume could not be copied; the message is the tool's | no |
 * | guest_not_paused | the guest is not, or not any more, paused by us | no |
 * | not_enough_space | the host's disk, or the volume, has no room | no |
 * | libvirt_unavailable | the connection to libvirt is down | yes |
 * | libvirt_error | libvirt refused; the message is libvirt's | no |
 * | internal | a fault of the agent; see its log by correlation id | no |
 */
export const agentErrorCodes = [
  'invalid_request',
  'domain_not_found',
  'monitors_unreachable',
  'image_not_found',
  'image_size_differs',
  'access_denied',
  'secret_missing',
  'device_conflict',
  'guest_refused',
  'not_enough_memory',
  'file_not_found',
  'bridge_not_found',
  'copy_failed',
  'guest_not_paused',
  'not_enough_space',
  'libvirt_unavailable',
  'libvirt_error',
  'internal',
] as const;

export const agentErrorSchema = z.object({ code: z.enum(agentErrorCodes), message: z.string(), retryable: z.boolean() });

export type AgentErrorCode = (typeof agentErrorCodes)[number];
export type AgentErrorBody = z.infer<typeof agentErrorSchema>;

const RETRYABLE: readonly AgentErrorCode[] = ['monitors_unreachable', 'libvirt_unavailable'];

/** An error that crosses from a host to the engine. */
export class AgentError extends Error {
  override readonly name = 'AgentError';

  constructor(
    readonly code: AgentErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  get retryable(): boolean {
    return RETRYABLE.includes(this.code);
  }

  toBody(): AgentErrorBody {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}
