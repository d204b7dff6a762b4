import type { ExecutionContext } from '@nestjs/common';
import { HttpException, RequestMethod } from '@nestjs/common';
import { Links, parseTarget } from '@clinker/ovirt-api';
import { Reflector } from '@nestjs/core';
import { Account } from '../accounts/account.entity';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../errors/domain.errors';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { ACCESS, type Declaration } from './access.declarations';
import { AccessGuard } from './access.guard';
import { AccessInspector, type DeclaredRoute } from './access.inspector';
import { AccessService } from './access.service';
import type { ObjectReference, ObjectType, PlaceType } from './object.tree';
import { ROUTES } from './testing/route.table';
import { type Actor, type KnownActor, type World, addActor, addWorld, roleNamed } from './testing/world';

let engine: RunningEngine;
let here: World;
let guard: AccessGuard;

const ACTORS: Actor[] = [
  { role: 'SuperUser', on: 'system' },
  { role: 'ReadOnlyAdmin', on: 'system' },
  { role: 'UserRole', on: 'system' },
  { role: 'TagManager', on: 'system' },
  { role: 'DataCenterAdmin', on: 'data_center' },
  { role: 'ClusterAdmin', on: 'cluster' },
  { role: 'VmCreator', on: 'cluster' },
  { role: 'HostAdmin', on: 'host' },
  { role: 'StorageAdmin', on: 'storage_domain' },
  { role: 'DiskCreator', on: 'storage_domain' },
  { role: 'UserVmManager', on: 'vm' },
  { role: 'UserRole', on: 'vm' },
  { role: 'DiskOperator', on: 'disk' },
  { role: 'TemplateAdmin', on: 'template' },
  { role: 'NetworkAdmin', on: 'network' },
  { role: 'VnicProfileUser', on: 'vnic_profile' },
  { role: 'DiskProfileUser', on: 'disk_profile' },
  { role: 'CpuProfileOperator', on: 'cpu_profile' },
  { role: 'MacPoolUser', on: 'mac_pool' },
  {},
];

type Place = PlaceType | 'system';
type Somebody = Required<Actor>;

/** The tree once more, in words: what lies above. The disk of the world belongs to no VM. */
const ABOVE: Record<Place, Place[]> = {
  system: [],
  data_center: ['system'],
  template: ['system'],
  cluster: ['data_center', 'system'],
  storage_domain: ['data_center', 'system'],
  host: ['cluster', 'data_center', 'system'],
  vm: ['cluster', 'data_center', 'system'],
  vm_pool: ['cluster', 'data_center', 'system'],
  disk: ['storage_domain', 'data_center', 'system'],
  network: ['data_center', 'system'],
  vnic_profile: ['network', 'data_center', 'system'],
  quota: ['data_center', 'system'],
  disk_profile: ['storage_domain', 'data_center', 'system'],
  cpu_profile: ['cluster', 'data_center', 'system'],
  mac_pool: ['system'],
};

const isPlace = (type: string): type is PlaceType => type in ABOVE && type !== 'system';

const placeOf = (type: ObjectReference['type']): Place | undefined => (type === 'system' || isPlace(type) ? type : undefined);

function permitted({ role, on }: Somebody, permit: string, type: ObjectReference['type']): boolean {
  const permits: readonly string[] = roleNamed(role).permits;
  const place = placeOf(type);
  if (!permits.includes(permit)) return permit === 'create_vm' && place === 'template';
  return on === 'system' || (place !== undefined && (place === on || ABOVE[place].includes(on)));
}

/** Administrators of anything are shown everything, as in oVirt. */
const isOverseer = ({ role }: Somebody): boolean => roleNamed(role).administrative;

/** Who uses a VM sees its cluster. */
const seenPlace = ({ role, on }: Somebody, place: Place): boolean =>
  place === on || ABOVE[on].includes(place) || (roleNamed(role).allowsViewingChildren && ABOVE[place].includes(on));

/** Everybody may use the Blank template, and the profiles of the processors of clusters that he sees. */
function seen(actor: Somebody, type: ObjectReference['type']): boolean {
  if (isOverseer(actor) || type === 'system' || type === 'template') return true;
  const place = placeOf(type);
  return place !== undefined && (seenPlace(actor, place) || (place === 'cpu_profile' && seen(actor, 'cluster')));
}

const below = (path: string): string => path.replace(/^\/api/, '');

type Outcome = 'yes' | '401' | '403' | '404';

const typeOf = (declaration: Declaration, path: string): ObjectReference['type'] => {
  if (declaration.kind === 'reads') return declaration.type;
  if (declaration.kind === 'lists') return declaration.of?.({ path: below(path), params: {} }).type ?? 'system';
  if (declaration.kind === 'reads-place' || declaration.kind === 'needs') return declaration.object({ path: below(path), params: {} }).type;
  return 'system';
};

function expectedOf(actor: Somebody, declaration: Declaration, type: ObjectReference['type']): Outcome {
  switch (declaration.kind) {
    case 'administrators':
      return isOverseer(actor) ? 'yes' : '403';
    case 'lists':
    case 'reads':
    case 'reads-place':
      return seen(actor, type) ? 'yes' : '404';
    case 'needs':
      if (permitted(actor, declaration.permit, type)) return 'yes';
      return seen(actor, type) ? '403' : '404';
    default:
      return 'yes';
  }
}

function expected({ role, on }: Actor, declaration: Declaration, path: string): Outcome {
  if (declaration.kind === 'open') return 'yes';
  return role === undefined || on === undefined ? '401' : expectedOf({ role, on }, declaration, typeOf(declaration, path));
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof UnauthenticatedError) return '401';
  if (error instanceof ForbiddenError) return '403';
  if (error instanceof NotFoundError) return '404';
  throw error;
}

/** Objects that are in no world. */
const idsOf: Partial<Record<ObjectType, string>> = {};

/** Asks the guard as the router does, but goes no further: nothing is removed by a test of who may remove. */
async function ask(actor: KnownActor, declaration: Declaration, path: string): Promise<Outcome> {
  const type = typeOf(declaration, path);
  const id = (isPlace(type) ? here[type] : idsOf[type as ObjectType]) ?? '11111111-1111-4111-8111-111111111111';
  const address = below(path).replace(/:\w+/g, id);
  const params = new Proxy({}, { get: () => id });
  const target = parseTarget(`/ovirt-engine/api${address}`);
  const caller = { id: actor.id, login: 'somebody', groupIds: [] };
  const request = { method: 'GET', headers: {}, params, api: { target, caller, links: new Links('/ovirt-engine/api') } };
  const handler = () => undefined;
  Reflect.defineMetadata(ACCESS, declaration, handler);
  const context = { getHandler: () => handler, getClass: () => class {}, switchToHttp: () => ({ getRequest: () => request }) };
  try {
    return (await guard.canActivate(context as unknown as ExecutionContext)) ? 'yes' : '403';
  } catch (error) {
    if (error instanceof HttpException) throw error;
    return outcomeOf(error);
  }
}

const described = ({ declaration, paths }: DeclaredRoute): string => {
  if (!declaration) return 'nothing';
  const type = typeOf(declaration, paths[0] ?? '');
  switch (declaration.kind) {
    case 'needs':
      return `needs ${declaration.permit} on ${type}`;
    case 'reads':
      return `reads ${declaration.type}`;
    case 'lists':
      return `lists ${declaration.type}${declaration.of ? ` of ${type}` : ''}`;
    case 'service-checks':
      return `service checks ${declaration.permits.join(', ')}`;
    default:
      return declaration.kind;
  }
};

const lineOf = (route: DeclaredRoute): string => `${RequestMethod[route.method]} ${route.paths[0] ?? ''}: ${described(route)}`;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  here = await addWorld(engine, 'here');
  guard = new AccessGuard(new Reflector(), engine.get(AccessService));
  const admin = await engine.db.findOneByOrFail(Account, { userName: 'admin' });
  idsOf.user = admin.id;
}, 60_000);

afterAll(async () => engine?.close());

it('every route declares what the table says', () => {
  const lines = engine.get(AccessInspector).routes().map(lineOf);
  expect([...new Set(lines)].sort()).toEqual(ROUTES.trim().split('\n').sort());
});

const nameOf = ({ role, on }: Actor): string => (role === undefined ? 'nobody' : `${role} on ${on ?? ''}`);

it.each(ACTORS.map((actor) => [nameOf(actor), actor] as const))('%s may use exactly what the role allows', async (_name, actor) => {
  const known = await addActor(engine, here, actor);
  const wrong: string[] = [];
  for (const { declaration, paths, method } of engine.get(AccessInspector).routes())
    for (const path of declaration ? paths : []) {
      const [wanted, got] = [expected(actor, declaration!, path), await ask(known, declaration!, path)];
      if (wanted !== got) wrong.push(`${RequestMethod[method]} ${path}: ${got}, not ${wanted}`);
    }
  expect(wrong).toEqual([]);
});
