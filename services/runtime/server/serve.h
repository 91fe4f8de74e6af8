// A server is a struct of facts, handed to Serve().
#ifndef COMITY_RUNTIME_SERVER_SERVE_H_
#define COMITY_RUNTIME_SERVER_SERVE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/storage/migrations.h"

namespace comity::server {

// A part of a service that runs beside its handlers (sequencer, follower, HTTP door). Started after
// the database answers; stopped, in reverse order, after the last call.
class Background {
 public:
  virtual ~Background() = default;
  virtual absl::Status Start() = 0;
  // False keeps the service NOT_SERVING, e.g. while it catches up.
  virtual bool Ready() const { return true; }
  // No more calls are taken: those that wait for something are to be answered now.
  virtual void Drain() {}
  virtual void Stop() = 0;
};

class Metrics;

}  // namespace comity::server
namespace comity::identity {
class TokenCache;
}
namespace comity::server {

// What parts are made from.
struct Parts {
  Edge* edge = nullptr;
  Runtime* runtime = nullptr;  // shared by all calls
  directory::Directory* directory = nullptr;
  channel::Channels* channels = nullptr;  // to the other services
  Metrics* metrics = nullptr;
  identity::TokenCache* tokens = nullptr;  // verifies persons' tokens
  int workers = 0;                         // calls that run at once
};

struct ServerFacts {
  std::string service;                         // `lead`
  std::vector<storage::Migration> migrations;  // its own; the runtime adds its own before
  std::vector<std::string> collections;        // it owns, e.g. `leads`
  // Makes the gRPC services (the runtime adds journal and health itself).
  std::function<std::vector<std::unique_ptr<grpc::Service>>(const Parts&)> services;
  // Makes further background parts (the runtime adds sequencer and directory follower itself).
  std::function<std::vector<std::unique_ptr<Background>>(const Parts&)> backgrounds;
  int connections = 0;  // to the database, that these parts use beside the runtime's own
};

// Parses flags, migrates or serves until SIGTERM; returns the process's exit code.
int Serve(int argc, char** argv, const ServerFacts& facts);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_SERVE_H_
