import { AgentError } from '@clinker/agent-protocol';
import { LibvirtConnectionError, LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { toAgentError } from './agent-error.translation';

const libvirt = (code: number, message: string): LibvirtError => new LibvirtError(code, 10, message, 'domainCreateXml');

describe('toAgentError', () => {
  it.each([
    [libvirt(LibvirtErrorCode.NO_DOMAIN, 'Domain not found'), 'domain_not_found', false],
    [libvirt(LibvirtErrorCode.NO_MEMORY, 'out of memory'), 'not_enough_memory', false],
    [libvirt(1, "qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory"), 'not_enough_memory', false],
    [libvirt(67, 'unsupported configuration'), 'libvirt_error', false],
    [new LibvirtConnectionError('lost', 'gone', true), 'libvirt_unavailable', true],
    [new AgentError('guest_refused', 'no'), 'guest_refused', false],
  ])('%s is %s', (error, code, retryable) => {
    expect(toAgentError(error)).toMatchObject({ code, retryable });
  });

  it('keeps what was not foreseen to itself', () => {
    const error = toAgentError(new TypeError('the key AQBsecret== is odd'));
    expect(error.toBody()).toEqual({ code: 'internal', message: expect.not.stringContaining('AQB') as string, retryable: false });
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});
