import { readFileSync } from 'fs';
import path from 'path';

import { loadEngine } from '../src/engine';

const SAMPLE = path.join(__dirname, '..', '..', 'appConfig.sample.js');

test('the sample is what it tells others to be: the engine has nothing to say about it', async () => {
  // As the page does with public/appConfig.js: a script that leaves one variable behind.
  // eslint-disable-next-line no-new-func -- the sample is the project's own, and a page runs it in this way
  const appConfig = new Function(`${readFileSync(SAMPLE, 'utf8')}; return appConfig;`)();
  expect(appConfig.pluginService).toEqual({ enabled: true, url: '/plugins' });

  const Monitor = await loadEngine();
  const environment = { appConfig: appConfig.attributes.DeviceMonitoringPlugin, pluginVersion: '0.0.0' };
  const report = new Monitor(
    environment,
    () => {},
    () => undefined,
  ).configuration();
  expect(report).toMatchObject({ source: 'appConfig', enabled: true, findings: [] });
});
