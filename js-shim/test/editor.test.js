import React from 'react';
import { act } from 'react-dom/test-utils';

import { askConfiguration } from '../admin-view/src/configurationFunction';
import { Editor } from '../admin-view/src/ui/Editor';
import { themedPage } from './themedPage';

jest.mock('../admin-view/src/configurationFunction', () => ({ askConfiguration: jest.fn() }));
jest.mock('../admin-view/src/engine', () => ({
  WhatIf: class {
    static properties = () => [{ name: 'highRttThreshold' }, { name: 'shortCallThreshold' }];

    configure = ({ attributes }) => ({ config: { ...attributes }, findings: [] });

    free() {}
  },
}));
let mockLast;
jest.mock('../admin-view/src/ui/PutLive', () => ({
  PutLive: (props) => {
    mockLast.putLive = props;
    return null;
  },
}));
jest.mock('../admin-view/src/ui/PropertyField', () => ({
  PropertyField: ({ property: { name }, onChange }) => {
    mockLast[name] = onChange;
    return null;
  },
}));
jest.mock('../admin-view/src/ui/ActionsFields', () => ({ ActionsFields: () => null }));
jest.mock('../admin-view/src/ui/SharedCalls', () => ({ CallsTried: () => null }));
jest.mock('../admin-view/src/ui/Suggest', () => ({ Suggest: () => null }));
/** What the trial is of, if that is not what is edited now. */
let mockTried;
jest.mock('../admin-view/src/ui/WhatIf', () => ({
  WhatIf: () => null,
  useTrial: (_calls, _environment, block) => ({ block: mockTried ?? block }),
  changedBy: () => ({ come: [], go: [], stay: [], judged: 0 }),
}));

const page = themedPage();

test('the result is copied only once it is that of what is edited', async () => {
  mockLast = {};
  askConfiguration.mockImplementation(() => new Promise(() => {}));
  page.show(
    <Editor recordedCalls={{}} access={{ environment: {} }} inForce={{ source: 'attributes' }} say={() => {}} />,
  );
  const copies = () => mockLast.putLive.children.props;
  expect(copies().disabled).toBe(false);
  mockTried = {};
  await act(async () => mockLast.highRttThreshold(300));
  expect(copies().disabled).toBe(true);
  mockTried = undefined;
  await act(async () => mockLast.highRttThreshold(301));
  expect(copies().disabled).toBe(false);
});

test('what is edited while a change is being put live is still there when that is done', async () => {
  mockLast = {};
  const answerWith = (block) => ({
    ok: true,
    body: { places: { attributes: { block: JSON.stringify(block), version: {} } }, history: [], actions: [] },
  });
  let written;
  askConfiguration.mockImplementation((_access, { block } = {}) =>
    block === undefined
      ? Promise.resolve(answerWith({}))
      : new Promise((resolve) => {
          written = () => resolve(answerWith(JSON.parse(block)));
        }),
  );
  const access = { environment: {} };
  const inForce = { source: 'attributes' };
  page.show(<Editor recordedCalls={{}} access={access} inForce={inForce} say={() => {}} />);
  await act(async () => {});
  const changed = () => mockLast.putLive.difference.map(({ property }) => property);
  await act(async () => mockLast.highRttThreshold(300));
  expect(changed()).toEqual(['highRttThreshold']);
  await act(async () => {
    mockLast.putLive.write();
  });
  await act(async () => mockLast.shortCallThreshold(5));
  await act(async () => written());
  expect(changed()).toEqual(['shortCallThreshold']);

  await act(async () => {
    mockLast.putLive.write();
  });
  await act(async () => written());
  expect(changed()).toEqual([]);
});
