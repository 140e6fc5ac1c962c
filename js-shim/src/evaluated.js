// Imported before everything else: the time from here to `listening` is what the plugin costs Flex's start.
performance.mark('device-monitoring:evaluated');
