import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError, UnavailableError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { Account } from './account.entity';
import { ExternalAccountsService, NameOfAnotherError } from './external-accounts.service';
import { oidcOptions } from './oidc.settings';
import { OpenIdClient } from './openid.client';
import { ProviderFailure } from './openid.failure';

/** How long (ms) the same trouble is not told again: a client that asks on and on must not fill the events. */
const TOLD_FOR_MS = 60_000;

/** Log-in of the users of the OpenID provider, if one is set. */
@Injectable()
export class ExternalLoginService implements OnModuleDestroy {
  private readonly provider: OpenIdClient | undefined;
  private told = { reason: '', at: -Infinity };

  constructor(
    private readonly accounts: ExternalAccountsService,
    private readonly events: EventsService,
    @Inject(ENGINE_SETTINGS) settings: EngineSettings,
  ) {
    const options = oidcOptions(settings);
    this.provider = options && new OpenIdClient(options);
  }

  async onModuleDestroy(): Promise<void> {
    await this.provider?.close();
  }

  /** True if the provider, and not a stored password, proves who this is. */
  serves(profile: string): boolean {
    return this.provider?.profile === profile;
  }

  /**
   * The account of whom the provider recognizes by this password, written as the provider describes it; undefined if it refuses.
   * @param name without the profile
   * @throws UnavailableError if the provider cannot say so now, UnauthenticatedError if the account cannot be used
   */
  async prove(name: string, password: string): Promise<Account | undefined> {
    const { provider } = this;
    if (!provider) return undefined;
    const login = `${name}@${provider.profile}`;
    try {
      const identity = await provider.identify(name, password);
      return identity && (await this.accounts.write(provider.profile, identity));
    } catch (error) {
      return this.refuse(login, error);
    }
  }

  private async refuse(login: string, error: unknown): Promise<never> {
    if (error instanceof ProviderFailure) {
      await this.tell(`The OpenID provider could not log in user ${login}: `, error.message);
      throw new UnavailableError(`Cannot authenticate user '${login}': The OpenID provider cannot be asked now. Try again later.`);
    }
    if (!(error instanceof NameOfAnotherError)) throw error;
    await this.tell(`User ${login} failed to log in: `, error.message);
    throw new UnauthenticatedError(`Cannot authenticate user '${login}': The user name belongs to another user.`);
  }

  private async tell(beginning: string, reason: string): Promise<void> {
    if (this.told.reason === reason && Date.now() - this.told.at < TOLD_FOR_MS) return;
    this.told = { reason, at: Date.now() };
    await this.events.record('EXTERNAL_LOGIN_FAILED', `${beginning}${reason}.`);
  }
}
