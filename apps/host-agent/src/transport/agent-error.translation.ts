import { AgentError, type AgentErrorBody } from '@clinker/agent-protocol';
import { LibvirtConnectionError, LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';

/** QEMU's words when the kernel refuses the guest's memory. */
const NO_MEMORY = /cannot set up guest memory|cannot allocate memory/i;

function fromLibvirt(error: LibvirtError): AgentError {
  if (error.code === LibvirtErrorCode.NO_DOMAIN) return new AgentError('domain_not_found', error.message, { cause: error });
  if (error.code === LibvirtErrorCode.NO_MEMORY || NO_MEMORY.test(error.message)) {
    return new AgentError('not_enough_memory', error.message, { cause: error });
  }
  return new AgentError('libvirt_error', `${error.message} (${error.codeName})`, { cause: error });
}

/** Any error as one that the engine knows. What was not foreseen becomes `internal`, without its text: that stays in this host's log. */
export function toAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  if (error instanceof LibvirtConnectionError) return new AgentError('libvirt_unavailable', error.message, { cause: error });
  if (error instanceof LibvirtError) return fromLibvirt(error);
  return new AgentError('internal', 'a fault of the host-agent; see its log', { cause: error });
}

export const toErrorBody = (error: unknown): AgentErrorBody => toAgentError(error).toBody();
