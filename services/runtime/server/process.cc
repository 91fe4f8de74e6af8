#include "services/runtime/server/process.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "prometheus/exposer.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/charter/charter_entries.h"
#include "services/runtime/charter/charter_pin.h"
#include "services/runtime/charter/revision_service.h"
#include "services/runtime/directory/directory_follower.h"
#include "services/runtime/dispute/dispute_follower.h"
#include "services/runtime/journal/journal_service.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/journal/watch_hub.h"
#include "services/runtime/server/edge.h"
#include "services/runtime/server/grpc_server.h"
#include "services/runtime/server/listener_watch.h"
#include "services/runtime/server/readiness.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/server/service_start.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/reply_purge.h"

namespace comity::server {
namespace {

constexpr int kOwnConnections = 11;  // beside the workers: sequencer, hub, followers, timers
constexpr absl::Duration kTryAgain = absl::Milliseconds(500);
constexpr absl::Duration kSayAgain = absl::Seconds(5);
constexpr absl::Duration kReadTimeout = absl::Seconds(2);  // of the readiness check
constexpr char kGateway[] = "gateway";

std::vector<storage::Migration> AllMigrations(const ServerFacts& facts) {
  std::vector<storage::Migration> migrations = storage::RuntimeMigrations();
  migrations.insert(migrations.end(), facts.migrations.begin(), facts.migrations.end());
  return migrations;
}

absl::Status WaitForDatabase(const ServerOptions& options, const ServerFacts& facts,
                             const std::function<bool()>& cancelled) {
  const absl::Time end = absl::Now() + options.database_wait;
  absl::Time say = absl::InfinitePast();
  while (true) {
    const absl::Status status = CheckDatabase(options.database, AllMigrations(facts));
    if (status.ok() || absl::Now() >= end) return status;
    if (cancelled()) return absl::CancelledError("stopped while waiting for the database");
    if (absl::Now() >= say) {
      LogMessage(facts.service, absl::StrCat("waiting for the database: ", status.message()));
      say = absl::Now() + kSayAgain;
    }
    absl::SleepFor(kTryAgain);
  }
}

// `::1` of `[::1]:9101`.
std::string HostOf(const std::string& listen) {
  const absl::string_view host = absl::string_view(listen).substr(0, listen.rfind(':'));
  return std::string(absl::StripPrefix(absl::StripSuffix(host, "]"), "["));
}

std::function<void(const absl::Status&)> Telling(std::string service, std::string what) {
  return [service = std::move(service), what = std::move(what)](const absl::Status& failure) {
    LogMessage(service, absl::StrCat(what, ": ", failure.message(), " ", InternalDetail(failure)));
  };
}

// The sequencer and the hub of watchers, which come with every service.
class JournalParts final : public Background {
 public:
  JournalParts(storage::Pool* pool, const std::string& service)
      : hub(pool, Telling(service, "watchers wait")),
        sequencer(
            pool, [this](int64_t size) { hub.OnSize(size); },
            Telling(service, "the sequencer waits")) {}
  absl::Status Start() override {
    hub.Start();
    sequencer.Start();
    return absl::OkStatus();
  }
  void Stop() override { sequencer.Stop(); }

  journal::WatchHub hub;
  journal::Sequencer sequencer;
};

class ReplyPurgePart final : public Background {
 public:
  explicit ReplyPurgePart(storage::Pool* pool) : purge_(pool) {}
  absl::Status Start() override {
    purge_.Start();
    return absl::OkStatus();
  }
  void Stop() override { purge_.Stop(); }

 private:
  storage::ReplyPurge purge_;
};

class RunningProcess final : public Process {
 public:
  RunningProcess(ServerOptions options, const ServerFacts& facts)
      : options_(std::move(options)),
        facts_(facts),
        directory_(options_.directory_silence),
        metrics_(std::make_shared<Metrics>(facts.service)) {}
  ~RunningProcess() override { Stop(); }

  absl::Status Read();
  absl::Status OpenProbes();
  absl::Status PinCharter();
  void Assemble();
  absl::Status Listen();
  absl::Status StartParts();
  void Watch();

  void Stop() override;
  int port() const override { return server_->port(); }
  int probe_port() const override { return probe_ == nullptr ? 0 : probe_->port(); }
  int metrics_port() const override;
  bool serving() const override { return serving_; }
  const Parts& parts() const override { return parts_; }

 private:
  bool PartsReady() const;
  void SetServing(bool serving);

  const ServerOptions options_;
  const ServerFacts facts_;
  directory::Directory directory_;
  // In the order in which they are made; destroyed in reverse.
  std::shared_ptr<Metrics> metrics_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::unique_ptr<GrpcServer> probe_;
  Runtime runtime_;
  std::unique_ptr<identity::TokenIssuers> issuers_;
  std::unique_ptr<identity::TokenCache> tokens_;
  std::unique_ptr<storage::Pool> pool_;
  std::unique_ptr<channel::Channels> channels_;
  std::unique_ptr<JournalParts> journal_;
  std::unique_ptr<ServerEdge> edge_;
  Parts parts_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::vector<std::unique_ptr<Background>> backgrounds_;
  size_t started_ = 0;  // of backgrounds_
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<Readiness> readiness_;
  std::atomic<bool> serving_{false};
  bool stopped_ = false;
};

absl::Status RunningProcess::Read() {
  runtime_.service = facts_.service;
  COMITY_RETURN_IF_ERROR(channel::CheckTlsFiles(options_.tls));
  COMITY_ASSIGN_OR_RETURN(charter::Charter charter,
                          charter::Charter::FromYamlFile(options_.charter));
  runtime_.charters = charter::MakeBook(std::move(charter));
  runtime_.charter_notice = options_.charter_notice;
  COMITY_ASSIGN_OR_RETURN(runtime_.page_token_key, ReadHexKey(options_.page_token_key));
  COMITY_ASSIGN_OR_RETURN(issuers_, identity::TokenIssuers::FromFile(options_.token_issuers));
  if (facts_.service != kGateway && !options_.peers.contains(kGateway)) {
    return MakeError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID",
                     "--peers must name the gateway: the directory comes from its journal");
  }
  return absl::OkStatus();
}

absl::Status RunningProcess::PinCharter() {
  COMITY_ASSIGN_OR_RETURN(const auto session, storage::Session::Open(options_.database));
  COMITY_RETURN_IF_ERROR(
      charter::PinCharter(*session, runtime_.charters->revisions().front()->charter));
  storage::Reader reader(session.get());
  return charter::LoadBook(reader, runtime_.charters.get());
}

absl::Status RunningProcess::OpenProbes() {
  if (!options_.metrics_listen.empty()) {
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(options_.metrics_listen, 1);
    } catch (const std::exception&) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "PORT_UNAVAILABLE",
                       absl::StrCat("cannot listen on ", options_.metrics_listen,
                                    "; is another process using the port?"));
    }
    exposer_->RegisterCollectable(metrics_);
  }
  if (options_.probe_listen.empty()) return absl::OkStatus();
  GrpcServerOptions probe;
  probe.listen = options_.probe_listen;
  probe.credentials = grpc::InsecureServerCredentials();
  COMITY_ASSIGN_OR_RETURN(probe_, GrpcServer::Start(probe));
  return absl::OkStatus();
}

void RunningProcess::Assemble() {
  pool_ = std::make_unique<storage::Pool>(options_.database,
                                          options_.workers + kOwnConnections + facts_.connections);
  channels_ = std::make_unique<channel::Channels>(options_.tls, options_.peers);
  journal_ = std::make_unique<JournalParts>(pool_.get(), facts_.service);
  tokens_ = std::make_unique<identity::TokenCache>(issuers_.get(), &directory_, facts_.service);
  runtime_.pool = pool_.get();
  runtime_.directory = &directory_;
  runtime_.sequencer = &journal_->sequencer;
  EdgeOptions edge;
  edge.workers = options_.workers;
  edge.collections = facts_.collections;
  edge_ = std::make_unique<ServerEdge>(edge, &runtime_, tokens_.get(), metrics_.get());
  metrics_->SetQueueLength([edge = edge_.get()] { return edge->queued(); });
  metrics_->SetDirectoryAge([this] { return directory_.Age(Uptime()); });
  parts_ = {edge_.get(),    &runtime_,     &directory_,     channels_.get(),
            metrics_.get(), tokens_.get(), options_.workers};
  if (facts_.services) services_ = facts_.services(parts_);
  services_.push_back(std::make_unique<journal::JournalService>(edge_.get(), &journal_->hub));
  services_.push_back(std::make_unique<charter::RevisionService>(edge_.get()));
  backgrounds_.push_back(directory::MakeDirectoryFollower(parts_));
  // The gateway keeps disputes itself.
  if (facts_.service != "gateway" && dispute::CanBeDisputed(facts_.collections)) {
    backgrounds_.push_back(dispute::MakeDisputeFollower(parts_));
  }
  backgrounds_.push_back(std::make_unique<ReplyPurgePart>(pool_.get()));
  if (!facts_.backgrounds) return;
  for (auto& background : facts_.backgrounds(parts_)) backgrounds_.push_back(std::move(background));
}

absl::Status RunningProcess::Listen() {
  GrpcServerOptions options;
  options.listen = options_.listen;
  options.credentials = channel::ServerTls(options_.tls);
  for (const auto& service : services_) options.services.push_back(service.get());
  options.reflection = options_.reflection;
  options.check_services = [this](const std::vector<std::string>& names) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(
        Policies policies,
        Policies::Make(names, *google::protobuf::DescriptorPool::generated_pool()));
    edge_->SetPolicies(std::move(policies));
    return absl::OkStatus();
  };
  COMITY_ASSIGN_OR_RETURN(server_, GrpcServer::Start(options));
  backgrounds_.push_back(std::make_unique<ListenerWatch>(HostOf(options_.listen), server_->port()));
  if (probe_ != nullptr) probe_->SetServing(false, server_->service_names());
  return absl::OkStatus();
}

absl::Status RunningProcess::StartParts() {
  COMITY_RETURN_IF_ERROR(NoteStart(runtime_, BuildVersion(), absl::Now()));
  COMITY_RETURN_IF_ERROR(journal_->Start());
  for (const auto& background : backgrounds_) {
    COMITY_RETURN_IF_ERROR(background->Start());
    ++started_;
  }
  return absl::OkStatus();
}

void RunningProcess::Watch() {
  Readiness::Options options;
  options.database = options_.database;
  options.database.read_timeout = kReadTimeout;
  options.migrations = AllMigrations(facts_);
  options.parts_ready = [this] { return PartsReady(); };
  options.published = [this](bool serving) { SetServing(serving); };
  options.database_answers = [this](bool answers) { edge_->SetDatabaseAnswers(answers); };
  readiness_ = std::make_unique<Readiness>(std::move(options));
}

bool RunningProcess::PartsReady() const {
  return std::all_of(backgrounds_.begin(), backgrounds_.end(),
                     [](const auto& background) { return background->Ready(); });
}

void RunningProcess::SetServing(bool serving) {
  if (serving) edge_->SetReady();
  server_->SetServing(serving, server_->service_names());
  if (probe_ != nullptr) probe_->SetServing(serving, server_->service_names());
  metrics_->SetReady(serving);
  serving_ = serving;
  LogMessage(facts_.service, serving ? "SERVING" : "NOT_SERVING");
}

int RunningProcess::metrics_port() const {
  return exposer_ == nullptr ? 0 : exposer_->GetListeningPorts().front();
}

void RunningProcess::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (readiness_ != nullptr) {
    readiness_->Stop();
    if (serving_) SetServing(false);
    absl::SleepFor(options_.drain_wait);
  }
  if (edge_ != nullptr) edge_->SetDraining();
  if (journal_ != nullptr) journal_->hub.Stop();
  for (const auto& background : backgrounds_) background->Drain();
  if (server_ != nullptr) server_->Shutdown(absl::Now() + options_.shutdown_deadline);
  if (edge_ != nullptr) edge_->Stop();
  while (started_ > 0) backgrounds_[--started_]->Stop();
  if (journal_ != nullptr) journal_->Stop();
  if (probe_ != nullptr) probe_->Shutdown(absl::Now());
  // The collectable asks the edge, which goes before it.
  if (exposer_ != nullptr) exposer_->RemoveCollectable(metrics_);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const ServerOptions& options,
                                                        const ServerFacts& facts,
                                                        const std::function<bool()>& cancelled) {
  auto process = std::make_unique<RunningProcess>(options, facts);
  COMITY_RETURN_IF_ERROR(process->Read());
  COMITY_RETURN_IF_ERROR(process->OpenProbes());
  COMITY_RETURN_IF_ERROR(WaitForDatabase(options, facts, cancelled));
  COMITY_RETURN_IF_ERROR(process->PinCharter());
  process->Assemble();
  COMITY_RETURN_IF_ERROR(process->Listen());
  COMITY_RETURN_IF_ERROR(process->StartParts());
  process->Watch();
  return std::unique_ptr<Process>(std::move(process));
}

}  // namespace comity::server
