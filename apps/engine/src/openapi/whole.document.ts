import type { DynamicModule, Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants';
import { EngineModule } from '../engine.module';
import { readEngineSettings } from '../engine.settings';
import { openApiDocument } from './openapi.document';
import { type CatalogedRoute, catalogOf } from './route.catalog';

type AnyModule = Type | DynamicModule;

/** Settings that are complete, and lead nowhere: nothing is started. */
const NOWHERE = {
  CLINKER_TLS_CERT: '/',
  CLINKER_TLS_KEY: '/',
  CLINKER_CA: '/',
  CLINKER_KEY_FILE: '/',
  CLINKER_ADMIN_PASSWORD_FILE: '/',
  DATABASE_URL: 'postgresql:///',
  REDIS_URL: 'redis:///',
  NATS_URL: 'nats:///',
  NATS_CA: '/',
  NATS_NKEY_SEED_FILE: '/',
};

const metadata = <T>(module: Type, key: string): T[] => (Reflect.getMetadata(key, module) ?? []) as T[];

/** The controllers of a module and of all that it imports, as they are declared. */
function controllersOf(module: AnyModule): Type[] {
  const [type, dynamic] = 'module' in module ? [module.module, module] : [module, undefined];
  const imports = [...metadata<AnyModule>(type, MODULE_METADATA.IMPORTS), ...((dynamic?.imports ?? []) as AnyModule[])];
  return [...metadata<Type>(type, MODULE_METADATA.CONTROLLERS), ...(dynamic?.controllers ?? []), ...imports.flatMap(controllersOf)];
}

/** All routes of the engine, found without starting anything. */
export const wholeCatalog = (): CatalogedRoute[] => catalogOf([...new Set(controllersOf(EngineModule.with(readEngineSettings(NOWHERE))))]);

/** The description of the whole engine as it is kept in docs/openapi.json, made without starting anything. */
export const wholeDocument = (): string => `${JSON.stringify(openApiDocument(wholeCatalog()), null, 1)}\n`;
