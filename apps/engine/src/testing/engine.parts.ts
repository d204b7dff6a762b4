import { Global, Module, type ModuleMetadata } from '@nestjs/common';
import { ENGINE_NOUNS } from '../engine.nouns';
import { HostSignals } from '../hosts/host-signals';
import { GuestMeasuresClient } from '../hosts/guest-measures.client';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';

const refuse = () => Promise.reject(new HostUnreachableError('No host is heard in this test'));

/** The way to the hosts leads nowhere: the shared lab's hosts must not take this engine for theirs. */
@Global()
@Module({
  providers: [HostSignals, GuestMeasuresClient, { provide: HostClient, useValue: { send: refuse, ask: refuse } }],
  exports: [HostSignals, GuestMeasuresClient, HostClient],
})
class NoHostsModule {}

/** Everything that answers the API, for `RunningEngine.start`; without the connection to hosts. */
export const ENGINE_PARTS: NonNullable<ModuleMetadata['imports']> = [NoHostsModule, ...ENGINE_NOUNS];
