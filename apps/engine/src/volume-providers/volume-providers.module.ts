import { Global, Module } from '@nestjs/common';
import { AuthenticationKeysController } from './authentication-keys.controller';
import { AuthenticationKeysService } from './authentication-keys.service';
import { HostSecretsClient } from './host-secrets.client';
import { HostSecretsReconciler } from './host-secrets.reconciler';
import { HostSecretsService } from './host-secrets.service';
import { ProviderRemovalService } from './provider-removal.service';
import { VolumeProviderFollowers } from './volume-provider.followers';
import { VolumeProvidersController } from './volume-providers.controller';
import { VolumeProvidersService } from './volume-providers.service';
import { VolumeTypesController } from './volume-types.controller';
import { VolumeTypesService } from './volume-types.service';

/** Volume providers, their authentication keys, and the secrets that hosts get from them. */
@Global()
@Module({
  providers: [
    VolumeProvidersService,
    ProviderRemovalService,
    VolumeTypesService,
    VolumeProviderFollowers,
    AuthenticationKeysService,
    HostSecretsService,
    HostSecretsClient,
    HostSecretsReconciler,
  ],
  controllers: [VolumeTypesController, AuthenticationKeysController, VolumeProvidersController],
  exports: [HostSecretsService, HostSecretsClient, VolumeTypesService, ProviderRemovalService],
})
export class VolumeProvidersModule {}
