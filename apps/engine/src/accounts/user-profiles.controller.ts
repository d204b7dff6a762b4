import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Reads, ServiceChecks } from '../permissions/access.declarations';
import { type NewSshPublicKey, type NewUserOption, newSshPublicKey, newUserOption } from './user-profile.input';
import { keyRepresentation, optionRepresentation } from './user-profile.representation';
import { UserProfilesService } from './user-profiles.service';
import { UsersService } from './users.service';

/** The keys of a user. */
@Controller('api/users/:user/sshpublickeys')
export class SshPublicKeysController {
  constructor(
    private readonly profiles: UserProfilesService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Reads('user', 'user')
  async list(@Id('user') user: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.users.get(user);
    return listReply('ssh_public_keys', await this.profiles.keys(user), (one) => keyRepresentation(one, api.links));
  }

  @Post()
  @ServiceChecks('manipulate_users')
  async add(
    @Id('user') user: string,
    @Input({ element: 'ssh_public_key', schema: newSshPublicKey, method: 'add' }) input: NewSshPublicKey,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.profiles.requireOwn(user, api.caller.id);
    await this.users.get(user);
    return created('ssh_public_key', keyRepresentation(await this.profiles.addKey(user, input.content), api.links));
  }

  @Get(':id')
  @Reads('user', 'user')
  async get(@Id('user') user: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('ssh_public_key', keyRepresentation(await this.profiles.key(user, id), api.links));
  }

  @Put(':id')
  @ServiceChecks('manipulate_users')
  async update(
    @Id('user') user: string,
    @Id('id') id: string,
    @Input({ element: 'ssh_public_key', schema: newSshPublicKey, method: 'update' }) input: NewSshPublicKey,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.profiles.requireOwn(user, api.caller.id);
    return ok('ssh_public_key', keyRepresentation(await this.profiles.changeKey(user, id, input.content), api.links));
  }

  @Delete(':id')
  @ServiceChecks('manipulate_users')
  async remove(@Id('user') user: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.profiles.requireOwn(user, api.caller.id);
    await this.profiles.removeKey(user, id);
    return action(null, 'complete');
  }
}

/** What user interfaces keep for a user. */
@Controller('api/users/:user/options')
export class UserOptionsController {
  constructor(
    private readonly profiles: UserProfilesService,
    private readonly users: UsersService,
  ) {}

  @Get()
  @Reads('user', 'user')
  async list(@Id('user') user: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.users.get(user);
    return listReply('user_options', await this.profiles.options(user), (one) => optionRepresentation(one, api.links));
  }

  @Post()
  @ServiceChecks('manipulate_users')
  async add(
    @Id('user') user: string,
    @Input({ element: 'user_option', schema: newUserOption, method: 'add' }) input: NewUserOption,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.profiles.requireOwn(user, api.caller.id);
    await this.users.get(user);
    return created('user_option', optionRepresentation(await this.profiles.putOption(user, input), api.links));
  }

  @Get(':id')
  @Reads('user', 'user')
  async get(@Id('user') user: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('user_option', optionRepresentation(await this.profiles.option(user, id), api.links));
  }

  @Delete(':id')
  @ServiceChecks('manipulate_users')
  async remove(@Id('user') user: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.profiles.requireOwn(user, api.caller.id);
    await this.profiles.removeOption(user, id);
    return action(null, 'complete');
  }
}
