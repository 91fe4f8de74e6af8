#include "services/runtime/server/grpc_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"
#include "grpcpp/impl/server_initializer.h"
#include "grpcpp/resource_quota.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

constexpr int kLargestRequest = 1 << 20;  // bytes
constexpr int kLargestReply = 4 << 20;    // what clients take by default
constexpr int kLargestMetadata = 8 << 10;
constexpr int kMostStreams = 100;
constexpr int kHandshakeTimeoutMs = 10 * 1000;     // an unfinished one holds a descriptor
constexpr size_t kMostMemory = size_t{512} << 20;  // of all connections' buffers
constexpr int kKeepaliveMs = 20 * 1000;
constexpr int kKeepaliveTimeoutMs = 10 * 1000;
constexpr int kLeastPingIntervalMs = 5 * 1000;
constexpr char kReflectionPlugin[] = "proto_server_reflection";

// What the plugin learns while the server is built.
struct Built {
  std::function<absl::Status(const std::vector<std::string>&)> check;
  std::vector<std::string> names;
  absl::Status status;
};

// gRPC tells the names of the registered services to plugins only, just before it starts.
class ServiceList final : public grpc::ServerBuilderPlugin {
 public:
  explicit ServiceList(std::shared_ptr<Built> built) : built_(std::move(built)) {}
  std::string name() override { return "comity_service_list"; }
  void InitServer(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}
  void Finish(grpc::ServerInitializer* initializer) override {
    built_->names = *initializer->GetServiceList();
    if (built_->check) built_->status = built_->check(built_->names);
  }

 private:
  const std::shared_ptr<Built> built_;
};

class PluginsOption final : public grpc::ServerBuilderOption {
 public:
  PluginsOption(std::shared_ptr<Built> built, bool reflection)
      : built_(std::move(built)), reflection_(reflection) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<ServiceList>(built_));
    // Reflection's library gives its plugin to every server of a process that links it.
    if (reflection_) return;
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == kReflectionPlugin; });
  }

 private:
  const std::shared_ptr<Built> built_;
  const bool reflection_;
};

int Milliseconds(absl::Duration time) { return static_cast<int>(absl::ToInt64Milliseconds(time)); }

void SetLimits(const GrpcServerOptions& options, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(kLargestRequest);
  builder->SetMaxSendMessageSize(kLargestReply);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kLargestMetadata);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreams);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, Milliseconds(options.connection_age));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                              Milliseconds(options.connection_grace));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kLeastPingIntervalMs);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder->SetResourceQuota(grpc::ResourceQuota("server").Resize(kMostMemory));
  // A port in use is an error, not a second listener.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcServerOptions& options) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();  // links it; see PluginsOption
  const auto built = std::make_shared<Built>();
  built->check = options.check_services;
  std::unique_ptr<GrpcServer> result(new GrpcServer);
  grpc::ServerBuilder builder;
  SetLimits(options, &builder);
  builder.SetOption(std::make_unique<PluginsOption>(built, options.reflection));
  builder.AddListeningPort(options.listen, options.credentials, &result->port_);
  for (grpc::Service* service : options.services) builder.RegisterService(service);
  builder.RegisterCallbackGenericService(&result->unimplemented_);
  result->server_ = builder.BuildAndStart();
  if (!built->status.ok()) return built->status;
  if (result->server_ == nullptr || result->port_ == 0) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "PORT_UNAVAILABLE",
        absl::StrCat("cannot listen on ", options.listen, "; is another process using the port?"));
  }
  result->names_ = built->names;
  result->SetServing(false, result->names_);
  return result;
}

GrpcServer::~GrpcServer() { Shutdown(absl::Now()); }

void GrpcServer::SetServing(bool serving, const std::vector<std::string>& names) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  if (health == nullptr) return;
  for (const std::string& name : names) health->SetServingStatus(name, serving);
  health->SetServingStatus("", serving);
}

void GrpcServer::Shutdown(absl::Time deadline) {
  if (server_ != nullptr) server_->Shutdown(absl::ToChronoTime(deadline));
}

}  // namespace comity::server
