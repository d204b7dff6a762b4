import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row about this installation. Its id marks everything that we make elsewhere (Cinder metadata) as ours. */
@Entity('installation')
export class Installation {
  @PrimaryColumn('uuid')
  id!: string;

  /** Grows with every change of the secrets that hosts shall have. */
  @Column('int', { name: 'secrets_version' })
  secretsVersion!: number;
}
