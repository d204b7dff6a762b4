import { elementNames } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, type LoadLists, listsOf } from '../follow/followers';
import { AuthenticationKey } from './authentication-key.entity';
import { authenticationKeyRepresentation } from './authentication-key.representation';
import { volumeTypeRepresentation } from './volume-type.representation';
import { VolumeTypesService } from './volume-types.service';

const PROVIDERS = 'openstackvolumeproviders';

/** What is below a provider is for who sees everything, as where it is read. */
const forAdministrators =
  (load: LoadLists): LoadLists =>
  (ids, api) =>
    api.viewer ? Promise.resolve(new Map()) : load(ids, api);

/** Makes what providers have known to `follow`. Volume types are asked of each Cinder. */
@Injectable()
export class VolumeProviderFollowers {
  constructor(db: EntityManager, followers: Followers, types: VolumeTypesService) {
    const keys: LoadLists = async (ids, { links }) =>
      listsOf(
        await rowsByIds(db, AuthenticationKey, ids, 'providerId'),
        ({ providerId }) => providerId,
        (one) => authenticationKeyRepresentation(one, links),
      );
    const volumeTypes: LoadLists = async (ids, { links }) => {
      const found = await Promise.all(ids.map(async (id) => [id, await types.list(id)] as const));
      return new Map(found.map(([id, list]) => [id, list.map((type) => volumeTypeRepresentation(type, id, links))]));
    };
    followers.list(`${PROVIDERS}/authenticationkeys`, 'authentication_keys', forAdministrators(keys), elementNames.authenticationKey);
    followers.list(`${PROVIDERS}/volumetypes`, 'volume_types', forAdministrators(volumeTypes), elementNames.volumeType);
    followers.empty(PROVIDERS, { certificates: 'certificates' });
  }
}
