import React from 'react';

import { log } from '../log';

/** An exception while rendering something of ours leaves an empty place, not an empty page. */
export class Boundary extends React.Component {
  constructor(props) {
    super(props);
    this.state = { failed: false };
  }

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error) {
    log.errorOnce(`render ${this.props.name}`, `Rendering ${this.props.name} failed.`, error);
  }

  render() {
    return this.state.failed ? null : this.props.children;
  }
}
