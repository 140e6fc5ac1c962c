import { guarded } from '../guard';
import { whenIdle } from '../scheduling';

/**
 * Flex compiles a text when it is first shown, which takes longer than drawing it: this has it done before any notice
 * comes, while the page has nothing else to do.
 * @param {object} flex
 * @param {object} manager
 * @param {string[]} keys
 */
export function precompileTemplates(flex, manager, keys) {
  const precompile = () =>
    whenIdle(keys.map((key) => guarded('precompiling a template', () => flex.templates?.[key]?.({}))));
  precompile();
  // While the plugins start, Flex has no templates of their texts yet.
  manager.events?.addListener?.('pluginsInitialized', precompile);
}
