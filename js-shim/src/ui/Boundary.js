import React from 'react';

import { log } from '../log';

/**
 * An exception while rendering something of ours leaves an empty place, not an empty page: Flex has no net of its own, and
 * is gone as a whole. So the outermost of whatever is given to Flex is this. `component` gets what Flex adds,
 * and `componentProps`.
 */
export class Boundary extends React.Component {
  constructor(props) {
    super(props);
    this.state = { failed: false };
  }

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error) {
    const { name } = this.props;
    log.errorOnce(`render ${name}`, `Rendering ${name} failed.`, error);
  }

  render() {
    const { component: Component, componentProps, ...props } = this.props;
    const { failed } = this.state;
    return failed ? null : <Component {...props} {...componentProps} />;
  }
}
