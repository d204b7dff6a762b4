export { SettingsError, durationSetting, readSecretFile, readSettings } from './settings';
