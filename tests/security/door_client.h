// The suite's HTTP/JSON door, through one connection after another.
#ifndef COMITY_TESTS_SECURITY_DOOR_CLIENT_H_
#define COMITY_TESTS_SECURITY_DOOR_CLIENT_H_

#include <string>

#include "services/gateway/http_door/test_client.h"
#include "tests/security/api.h"

namespace comity::security {

// Sends a request with `headers` (each `Name: value\r\n`), and once more where the connection had
// ended. Code 0: there was no answer.
gateway::TestReply SendToDoor(const std::string& verb, const std::string& path,
                              const std::string& headers, const std::string& body);
// The headers of a call: type, token (none where `as` is empty), and which service is meant.
std::string DoorHeaders(const Endpoint& endpoint, const std::string& as);

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_DOOR_CLIENT_H_
