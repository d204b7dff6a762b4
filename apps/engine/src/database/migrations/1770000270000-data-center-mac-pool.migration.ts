import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEFAULT_MAC_POOL_ID } from '../../networks/default.mac-pool';

/** Data centers have a pool of MAC addresses, for their new clusters. */
export class DataCenterMacPool1770000270000 implements MigrationInterface {
  readonly name = 'DataCenterMacPool1770000270000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `ALTER TABLE data_center ADD COLUMN mac_pool_id uuid NOT NULL DEFAULT '${DEFAULT_MAC_POOL_ID}' CONSTRAINT data_center_mac_pool REFERENCES mac_pool`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE data_center DROP COLUMN mac_pool_id');
  }
}
