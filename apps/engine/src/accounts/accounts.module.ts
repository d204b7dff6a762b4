import { Global, Module } from '@nestjs/common';
import { AccessTokensService } from './access-tokens.service';
import { AccountFollowers } from './account.followers';
import { AccountGuard } from './account-guard.service';
import { AccountsService } from './accounts.service';
import { BrowserLoginController } from './browser-login.controller';
import { BrowserLoginService } from './browser-login.service';
import { CredentialsService } from './credentials.service';
import { DirectoriesService } from './directories.service';
import { DomainsController } from './domains.controller';
import { ExternalAccountsService } from './external-accounts.service';
import { ExternalLoginService } from './external-login.service';
import { GroupsController } from './groups.controller';
import { GroupsService } from './groups.service';
import { ServicesController } from './services.controller';
import { SsoController } from './sso.controller';
import { SshPublicKeysController, UserOptionsController } from './user-profiles.controller';
import { UserProfilesService } from './user-profiles.service';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

/** Who may log in, and how. */
@Global()
@Module({
  providers: [
    AccountFollowers,
    AccountGuard,
    DirectoriesService,
    ExternalAccountsService,
    ExternalLoginService,
    CredentialsService,
    AccountsService,
    BrowserLoginService,
    AccessTokensService,
    UsersService,
    GroupsService,
    UserProfilesService,
  ],
  controllers: [
    SsoController,
    BrowserLoginController,
    ServicesController,
    UsersController,
    GroupsController,
    DomainsController,
    SshPublicKeysController,
    UserOptionsController,
  ],
  exports: [AccountsService, AccessTokensService, UsersService, GroupsService],
})
export class AccountsModule {}
