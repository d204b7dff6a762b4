import { Global, Module } from '@nestjs/common';
import { AccountsService } from './accounts.service';
import { SsoController } from './sso.controller';

/** Who may log in, and how. */
@Global()
@Module({ providers: [AccountsService], controllers: [SsoController], exports: [AccountsService] })
export class AccountsModule {}
