// Calls of jsforce, unmodified, against an emulator; one JSON line for each: its name and what became of it.
// A call that needs a route which the emulator lacks is told as such and not tried.

import assert from 'node:assert/strict';
import jsforce from 'jsforce';

const { Connection, OAuth2 } = jsforce;
const env = process.env;
const url = env.SF_INSTANCE_URL;
const root = '/services/data/v60.0';
const key = 'Pardot_Prospect_Id__c';
const ann = '0035e000000con1AAA';
const app = { loginUrl: url, clientId: env.SF_CLIENT_ID, clientSecret: env.SF_CLIENT_SECRET, redirectUri: `${url}/callback` };
const connect = (options) => new Connection({ instanceUrl: url, loginUrl: url, version: '60.0', ...options });
const conn = connect({ accessToken: env.SF_ACCESS_TOKEN });
const contacts = conn.sobject('Contact');
const leads = conn.sobject('Lead');
const calls = [];

// `needs` is a route, method and path, without which the call cannot be made.
function call(name, body, needs) {
  calls.push({ name, body, needs });
}

async function missing(needs) {
  const [method, path] = needs.split(' ');
  const headers = { Authorization: `Bearer ${env.SF_ACCESS_TOKEN}`, 'Content-Type': 'application/json' };
  const answer = await fetch(url + path, { method, headers, body: method === 'GET' ? undefined : '{}' });
  const text = await answer.text();
  return answer.status === 405 || (answer.status === 404 && text.includes('NOT_FOUND'));
}

async function make(fields = {}) {
  return (await contacts.create({ LastName: 'Made', ...fields })).id;
}

function people(count, first) {
  return Array.from({ length: count }, (_, number) => ({ FirstName: first, LastName: `${number}` }));
}

async function refused(promise, code) {
  const error = await promise.then(() => assert.fail('was not refused'), (reason) => reason);
  assert.equal(error.errorCode ?? error.name, code, error.message);
  return error;
}

// -- log in

call('authorize with client credentials', async () => {
  const made = connect({ oauth2: new OAuth2(app) });
  const user = await made.authorize({ grant_type: 'client_credentials' });
  assert.equal(user.organizationId.length, 18);
  assert.ok((await made.limits()).DailyApiRequests);
});
call('oauth2.authenticate with a password', async () => {
  const told = await new OAuth2(app).authenticate(env.SF_USERNAME, env.SF_PASSWORD ?? 'anything');
  assert.equal(told.token_type, 'Bearer');
});
call('login with OAuth', async () => {
  const made = connect({ oauth2: new OAuth2(app) });
  await made.login(env.SF_USERNAME, env.SF_PASSWORD ?? 'anything');
  assert.equal((await made.query('SELECT Id FROM Account')).totalSize, 2);
});
call('login over SOAP', async () => {
  const made = connect({});
  const user = await made.login(env.SF_USERNAME, env.SF_PASSWORD);
  assert.ok(user.id.startsWith('005'));
}, 'POST /services/Soap/u/60.0');
call('login over SOAP with a wrong password', async () => {
  await assert.rejects(connect({}).login(env.SF_USERNAME, 'wrong'), /INVALID_LOGIN/);
}, 'POST /services/Soap/u/60.0');
call('oauth2.refreshToken', async () => {
  const told = await new OAuth2(app).refreshToken(env.SF_REFRESH_TOKEN);
  assert.equal(told.instance_url, url);
});
call('oauth2.refreshToken with an unknown token', async () => {
  await refused(new OAuth2(app).refreshToken('gone'), 'invalid_grant');
});
call('a session that ended is refreshed', async () => {
  const made = connect({ oauth2: new OAuth2(app), accessToken: 'old', refreshToken: env.SF_REFRESH_TOKEN });
  let refreshed;
  made.on('refresh', (token) => { refreshed = token; });
  assert.equal((await made.query('SELECT Id FROM Account')).totalSize, 2);
  assert.equal(made.accessToken, refreshed);
});
call('a session that ended, without a refresh token', async () => {
  await refused(connect({ accessToken: 'old' }).limits(), 'INVALID_SESSION_ID');
});
call('logout', async () => {
  const { access_token: accessToken } = await new OAuth2(app).refreshToken(env.SF_REFRESH_TOKEN);
  const made = connect({ accessToken, oauth2: new OAuth2(app) });
  await made.logout();
  await refused(connect({ accessToken }).limits(), 'INVALID_SESSION_ID');
});

// -- the org

call('identity', async () => {
  assert.equal((await conn.identity()).username, env.SF_USERNAME);
});
call('limits', async () => {
  assert.ok((await conn.limits()).DailyApiRequests.Remaining > 0);
});
call('limitInfo', async () => {
  await conn.limits();
  assert.equal(conn.limitInfo.apiUsage.limit, 100000);
});
call('versions', async () => {
  assert.ok((await conn.requestGet('/services/data')).some((version) => version.version === '60.0'));
});
call('describeGlobal', async () => {
  assert.ok((await conn.describeGlobal()).sobjects.some((found) => found.name === 'Lead'));
});
call('describe', async () => {
  assert.equal((await conn.describe('Contact')).keyPrefix, '003');
});
call('sobject.describe', async () => {
  assert.ok((await leads.describe()).fields.some((field) => field.name === key && field.externalId));
});
call('describe$', async () => {
  assert.equal((await conn.describe$('Account')).name, 'Account');
});
call('describe of an unknown object', () => refused(conn.describe('Nothing__c'), 'NOT_FOUND'));
call('recent', async () => {
  assert.ok(Array.isArray(await conn.recent()));
}, `GET ${root}/recent`);
call('search', async () => {
  assert.ok((await conn.search('FIND {Ann} IN ALL FIELDS RETURNING Contact(Id)')).searchRecords);
}, `GET ${root}/search`);

// -- rows

call('create', async () => {
  const made = await contacts.create({ LastName: 'New', Email: 'new@x.test' });
  assert.deepEqual([made.success, made.errors, made.id.length], [true, [], 18]);
});
call('create many', async () => {
  assert.deepEqual((await contacts.create(people(3, 'Some'))).map((told) => told.success), [true, true, true]);
});
call('create more than a call takes', async () => {
  assert.equal((await contacts.create(people(250, 'Many'), { allowRecursive: true })).length, 250);
});
call('create too many for a call', () => refused(contacts.create(people(201, 'Much')), 'EXCEEDED_ID_LIMIT'));
call('create many or none', async () => {
  const told = await contacts.create([{ LastName: 'A' }, { FirstName: 'B' }], { allOrNone: true });
  assert.deepEqual(told.map((one) => one.errors[0].statusCode), ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
});
call('create without a required field', async () => {
  const error = await refused(contacts.create({ FirstName: 'A' }), 'REQUIRED_FIELD_MISSING');
  assert.match(error.message, /LastName/);
});
call('retrieve', async () => {
  const found = await contacts.retrieve(ann);
  assert.deepEqual([found.Id, found.FirstName, found.attributes.type], [ann, 'Ann', 'Contact']);
});
call('retrieve many', async () => {
  const found = await contacts.retrieve([ann, '0035e000000con2']);
  assert.deepEqual(found.map((record) => record.LastName), ['Alpha', 'Beta']);
});
call('retrieve some fields', async () => {
  assert.equal((await conn.retrieve('Contact', ann, { fields: ['FirstName'] })).FirstName, 'Ann');
});
call('retrieve a deleted record', () => refused(contacts.retrieve('0035e000000con4'), 'NOT_FOUND'));
call('update', async () => {
  const Id = await make();
  assert.ok((await contacts.update({ Id, Phone: '+47 1' })).success);
  assert.equal((await contacts.retrieve(Id)).Phone, '+47 1');
});
call('update many', async () => {
  const told = await contacts.update([{ Id: await make(), Phone: '1' }, { Id: await make(), Email: 'no address' }]);
  assert.deepEqual([told[0].success, told[1].errors[0].statusCode], [true, 'INVALID_EMAIL_ADDRESS']);
});
call('upsert creates', async () => {
  const told = await leads.upsert({ [key]: 'js-1', LastName: 'One', Company: 'C' }, key);
  assert.equal(told.created, true);
});
call('upsert updates', async () => {
  await leads.upsert({ [key]: 'js-2', LastName: 'One', Company: 'C' }, key);
  assert.equal((await leads.upsert({ [key]: 'js-2', LastName: 'Two' }, key)).created, false);
});
call('upsert many', async () => {
  const rows = ['js-3', 'js-4'].map((value) => ({ [key]: value, LastName: value, Company: 'C' }));
  assert.deepEqual((await leads.upsert(rows, key)).map((told) => told.created), [true, true]);
});
call('destroy', async () => {
  const id = await make();
  assert.ok((await contacts.destroy(id)).success);
  await refused(contacts.destroy(id), 'ENTITY_IS_DELETED');
});
call('destroy many', async () => {
  const told = await contacts.del([await make(), await make()]);
  assert.deepEqual(told.map((one) => one.success), [true, true]);
});
call('record.retrieve', async () => {
  assert.equal((await contacts.record(ann).retrieve()).Email, 'ann@x.test');
});
call('record.update', async () => {
  assert.ok((await contacts.record(await make()).update({ Phone: '2' })).success);
});
call('record.destroy', async () => {
  assert.ok((await contacts.record(await make()).destroy()).success);
});
call('updated', async () => {
  const id = await make();
  const now = Date.now();
  const told = await contacts.updated(new Date(now - 3600e3), new Date(now + 120e3));
  assert.ok(told.ids.includes(id) && told.latestDateCovered);
});
call('deleted', async () => {
  const id = await make();
  await contacts.destroy(id);
  const now = Date.now();
  const told = await contacts.deleted(new Date(now - 3600e3), new Date(now + 120e3));
  assert.ok(told.deletedRecords.some((record) => record.id === id));
});

// -- queries

call('query', async () => {
  const found = await conn.query(`SELECT Id, Account.Name FROM Contact WHERE Id = '${ann}'`);
  assert.deepEqual([found.done, found.records[0].Account.Name], [true, 'Acme']);
});
call('query with deleted records', async () => {
  const statement = "SELECT Id FROM Contact WHERE LastName = 'Eted'";
  assert.equal((await conn.query(statement)).totalSize, 0);
  assert.equal((await conn.query(statement, { scanAll: true })).totalSize, 1);
});
call('queryMore', async () => {
  await contacts.create(people(201, 'Page'), { allowRecursive: true });
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  const page = await conn.query("SELECT Id FROM Contact WHERE FirstName = 'Page'", { headers });
  assert.deepEqual([page.done, page.records.length, page.totalSize], [false, 200, 201]);
  const rest = await conn.queryMore(page.nextRecordsUrl);
  assert.deepEqual([rest.done, rest.records.length], [true, 1]);
});
call('query with autoFetch', async () => {
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  const found = await conn.query('SELECT Id FROM Contact', { headers, autoFetch: true, maxFetch: 10000 });
  assert.equal(found.records.length, found.totalSize);
});
call('find', async () => {
  const found = await contacts.find({ LastName: { $in: ['Alpha', 'Beta'] } }, 'Id, LastName').sort('LastName').limit(5);
  assert.deepEqual(found.map((record) => record.LastName), ['Alpha', 'Beta']);
});
call('find with LIKE and a date', async () => {
  const since = new Date(Date.UTC(2020, 0, 1));
  const found = await contacts.find({ LastName: { $like: "O'N%" }, SystemModstamp: { $gt: jsforce.SfDate.toDateTimeLiteral(since) } });
  assert.equal(found.length, 1);
});
call('find all fields', async () => {
  assert.equal((await leads.find({ LastName: 'Lima' }, '*'))[0].Company, 'Lima AG');
});
call('findOne', async () => {
  assert.equal((await contacts.findOne({ Email: null, FirstName: null }, ['LastName'])).LastName, "O'Neil");
});
call('select', async () => {
  const found = await conn.sobject('Account').select('Name').where("Name LIKE 'A%'").orderby('Name', 'DESC');
  assert.deepEqual(found.map((record) => record.Name), ['Acme']);
});
call('count', async () => {
  assert.equal(await conn.sobject('Account').count(), 2);
});
call('include children', async () => {
  const query = conn.sobject('Account').select('Name').where({ Name: 'Acme' }).include('Contacts').select('LastName').end();
  assert.equal((await query)[0].Contacts.records[0].LastName, 'Alpha');
});
call('query with an aggregate', async () => {
  const found = await conn.query('SELECT LastName name, COUNT(Id) number FROM Contact WHERE LastName = \'Alpha\' GROUP BY LastName');
  assert.deepEqual([found.records[0].name, found.records[0].number], ['Alpha', 1]);
});
call('query that cannot be read', () => refused(conn.query('SELECT Id FORM Contact'), 'MALFORMED_QUERY'));
call('update what a query finds', async () => {
  await contacts.create(people(2, 'Found'));
  const told = await contacts.find({ FirstName: 'Found' }).update({ Phone: '7' });
  assert.deepEqual(told.map((one) => one.success), [true, true]);
});
call('destroy what a query finds', async () => {
  await contacts.create(people(2, 'Lost'));
  assert.equal((await contacts.find({ FirstName: 'Lost' }).destroy()).length, 2);
  assert.equal(await contacts.count({ FirstName: 'Lost' }), 0);
});

// -- requests by hand

call('requestPost of a composite', async () => {
  const parts = [
    { method: 'POST', url: `${root}/sobjects/Account`, referenceId: 'a', body: { Name: 'Ref' } },
    { method: 'DELETE', url: `${root}/sobjects/Account/@{a.id}`, referenceId: 'd' },
  ];
  const told = await conn.requestPost('/composite', { allOrNone: true, compositeRequest: parts });
  assert.deepEqual(told.compositeResponse.map((part) => part.httpStatusCode), [201, 204]);
});
call('requestPatch', async () => {
  assert.equal(await conn.requestPatch(`/sobjects/Contact/${await make()}`, { Phone: '3' }) ?? '', '');
});
call('requestDelete', async () => {
  assert.equal(await conn.requestDelete(`/sobjects/Contact/${await make()}`) ?? '', '');
});
call('requestPost of a batch', async () => {
  const told = await conn.requestPost('/composite/batch', { batchRequests: [{ method: 'GET', url: 'v60.0/limits' }] });
  assert.equal(told.hasErrors, false);
}, `POST ${root}/composite/batch`);

// -- Bulk 2.0

const bulk = `POST ${root}/jobs/ingest`;
conn.bulk2.pollInterval = 50;
conn.bulk2.pollTimeout = 20000;
call('bulk2.loadAndWaitForResults', async () => {
  const input = [{ LastName: 'Bulk' }, { LastName: 'Bulk' }];
  const told = await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert', input });
  assert.deepEqual([told.successfulResults.length, told.failedResults.length], [2, 0]);
}, bulk);
call('bulk2 job with failed records', async () => {
  const job = conn.bulk2.createJob({ object: 'Contact', operation: 'insert' });
  await job.open();
  await job.uploadData([{ LastName: 'Bulk', Email: 'no address' }]);
  await job.close();
  await job.poll(50, 20000);
  assert.match((await job.getFailedResults())[0].sf__Error, /INVALID_EMAIL_ADDRESS/);
}, bulk);
call('bulk2.query', async () => {
  const found = await (await conn.bulk2.query('SELECT Id, Name FROM Account')).toArray();
  assert.ok(found.length >= 2);
}, `POST ${root}/jobs/query`);

for (const { name, body, needs } of calls) {
  const told = { name };
  if (needs && (await missing(needs))) {
    told.missing = needs;
  } else {
    await body().catch((error) => { told.error = error.stack ?? String(error); });
  }
  console.log(JSON.stringify(told));
}
