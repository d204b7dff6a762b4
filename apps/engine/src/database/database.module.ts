import { readSecretFile } from '@clinker/settings';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { dataSourceOptions, migrate } from './data-source';
import { ensureFirstRows } from './first-rows';

async function openDatabase(settings: EngineSettings): Promise<DataSource> {
  const dataSource = await new DataSource(dataSourceOptions(settings.DATABASE_URL)).initialize();
  await migrate(dataSource);
  await ensureFirstRows(dataSource.manager, readSecretFile(settings.CLINKER_ADMIN_PASSWORD_FILE));
  return dataSource;
}

/** The database, migrated and with its first rows, before anything else starts. */
@Global()
@Module({
  providers: [
    { provide: DataSource, useFactory: openDatabase, inject: [ENGINE_SETTINGS] },
    { provide: EntityManager, useFactory: (dataSource: DataSource) => dataSource.manager, inject: [DataSource] },
  ],
  exports: [DataSource, EntityManager],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}
