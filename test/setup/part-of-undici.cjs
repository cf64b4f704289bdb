// What src/base/http.ts uses of undici. Its index loads all else too, fetch, websockets, caches and mocks, which takes
// longer than the rest of a check.
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

exports.Agent = require('undici/lib/dispatcher/agent.js');
exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
exports.buildConnector = require('undici/lib/core/connect.js');
Dispatcher.prototype.request = require('undici/lib/api/api-request.js');
// By it a proxy is asked for a tunnel.
Dispatcher.prototype.connect = require('undici/lib/api/api-connect.js');
