import { BLANK_SETTINGS, type VmSettings } from '../vms/vm.settings';
import type { Template, TemplateSettings } from './template.entity';

/** The hardware that the template's VMs get, with its description and comment. */
export const settingsOfTemplate = ({
  settings,
  description,
  comment,
}: Pick<Template, 'settings' | 'description' | 'comment'>): VmSettings => ({
  ...BLANK_SETTINGS,
  ...settings,
  description,
  comment,
});

const KEYS = Object.keys(BLANK_SETTINGS).filter((key) => key !== 'description' && key !== 'comment') as (keyof TemplateSettings)[];

/** What of a VM's settings a template keeps as its own. */
export const templateSettings = (settings: VmSettings): TemplateSettings =>
  Object.fromEntries(KEYS.map((key) => [key, settings[key]])) as unknown as TemplateSettings;
