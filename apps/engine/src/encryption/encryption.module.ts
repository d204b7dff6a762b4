import { readSecretFile } from '@clinker/settings';
import { Global, Module } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { SecretBox } from './secret-box';

/** Encryption at rest with the key from CLINKER_KEY_FILE. */
@Global()
@Module({
  providers: [
    {
      provide: SecretBox,
      useFactory: (settings: EngineSettings) => new SecretBox(readSecretFile(settings.CLINKER_KEY_FILE)),
      inject: [ENGINE_SETTINGS],
    },
  ],
  exports: [SecretBox],
})
export class EncryptionModule {}
