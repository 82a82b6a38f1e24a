// An identity provider on loopback for tests: oidc-provider with its own development pages for sign-in and consent.
// argv[2]: {"people": {login: claims}, "secret": "…", "back": "…"}; prints its address once it listens.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { people, secret, back } = JSON.parse(process.argv[2]);
const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'zhengwen',
        client_secret: secret,
        redirect_uris: [`${back}/signin/elsewhere/return`],
        post_logout_redirect_uris: [`${back}/signin`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'groups', 'department', 'district'] },
    cookies: { keys: ['for tests alone'] },
    pkce: { required: () => true },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...(people[id] || {}) }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
