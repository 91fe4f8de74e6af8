#include <set>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/import/writer.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Requests = std::vector<std::unique_ptr<Message>>;

// A row on its way.
struct Work {
  RowPlan plan;
  std::string name;  // of the record, once it is there
  Difference difference;
  std::vector<Problem> problems;
  bool changed = false;
};

// One item of a batch and the row it belongs to.
struct Item {
  Work* work;
  std::string part;
};

class RecordWriter final : public Writer {
 public:
  explicit RecordWriter(const WriteContext& context)
      : context_(context), collection_(context.map->collection) {}

  absl::Status Prepare() override {
    const std::string lens =
        context_.map->department.empty() ? context_.as.department : context_.map->department;
    std::set<std::string> others;
    CollectReferences(context_.map->fields, &others);
    others.erase(collection_.plural);
    for (const std::string& other : others) {
      COMITY_RETURN_IF_ERROR(known_.Load(*context_.caller, context_.as, *FindCollection(other),
                                         context_.map->source, lens, /*keep=*/false));
    }
    return known_.Load(*context_.caller, context_.as, collection_, context_.map->source, lens,
                       /*keep=*/true);
  }

  absl::Status Write(std::vector<RowPlan> rows) override {
    std::vector<Work> works;
    for (RowPlan& row : rows) {
      switch (Resolve(row)) {
        case Resolved::kYes:
          works.push_back({std::move(row)});
          break;
        case Resolved::kLater: {
          absl::MutexLock lock(&mutex_);
          held_.push_back(std::move(row));
          break;
        }
        case Resolved::kRefused:
          context_.ledger->Refuse(row.problems);
      }
    }
    return WriteResolved(std::move(works));
  }

  // Rows that name rows of the same file, generation by generation.
  absl::Status Finish() override {
    while (true) {
      std::vector<RowPlan> rows;
      {
        absl::MutexLock lock(&mutex_);
        rows.swap(held_);
      }
      if (rows.empty()) return absl::OkStatus();
      const size_t before = rows.size();
      COMITY_RETURN_IF_ERROR(Write(std::move(rows)));
      absl::MutexLock lock(&mutex_);
      if (held_.size() < before) continue;
      for (RowPlan& row : held_) RefuseUnresolved(row);
      held_.clear();
    }
  }

 private:
  enum class Resolved { kYes, kLater, kRefused };

  static void CollectReferences(const std::map<std::string, ValueSpec>& fields,
                                std::set<std::string>* collections) {
    for (const auto& [path, spec] : fields) {
      if (!spec.find.empty()) collections->insert(spec.find);
      if (!spec.name.empty()) collections->insert(spec.name);
    }
  }

  static Problem Missing(const RowPlan& row, const Reference& reference) {
    return {row.line, reference.column, reference.id, "REFERENCE_NOT_FOUND",
            absl::StrCat("there is no such record in ", reference.collection,
                         ": import those first, or let the map make them")};
  }

  void RefuseUnresolved(RowPlan& row) {
    for (const Reference& reference : row.references) {
      if (known_.NameOf(reference.collection, reference.id).empty()) {
        row.problems.push_back(Missing(row, reference));
      }
    }
    context_.ledger->Refuse(row.problems);
  }

  Resolved Resolve(RowPlan& row) {
    for (const Reference& reference : row.references) {
      std::string name = known_.NameOf(reference.collection, reference.id);
      if (name.empty() && reference.made != nullptr) name = MakeOther(row, reference);
      if (name.empty() && reference.collection == collection_.plural && row.problems.empty()) {
        return Resolved::kLater;
      }
      if (name.empty()) {
        if (row.problems.empty()) row.problems.push_back(Missing(row, reference));
      } else if (name != kNotStored) {
        const absl::Status set = SetField(row.record.get(), reference.path, name);
        if (!set.ok()) row.problems.push_back(Refusal(row, reference.column, set));
      }
    }
    return row.problems.empty() ? Resolved::kYes : Resolved::kRefused;
  }

  // The name of a record that a cell brought into being. Serialised: two rows may name the same.
  std::string MakeOther(RowPlan& row, const Reference& reference) {
    absl::MutexLock lock(&making_);
    std::string name = known_.NameOf(reference.collection, reference.id);
    if (!name.empty()) return name;
    const Collection& collection = *FindCollection(reference.collection);
    Requests requests;
    const std::string method = collection.Method("BatchCreate");
    const auto made = FindMethod(method);
    if (!made.ok()) {
      row.problems.push_back(Refusal(row, reference.column, made.status()));
      return "";
    }
    requests.push_back(CreateRequest(collection, reference.id, *reference.made));
    const auto results = SendBatch(*context_.caller, context_.as, method, requests);
    const absl::Status status = results.ok() ? results->front().status : results.status();
    if (!status.ok()) {
      row.problems.push_back(Refusal(row, reference.column, status));
      return "";
    }
    name = context_.dry_run ? kNotStored : Cell(*results->front().value, "name");
    known_.Add(reference.collection, reference.id, name);
    return name;
  }

  std::unique_ptr<Message> CreateRequest(const Collection& collection, const std::string& id,
                                         const Message& record) const {
    const auto method = FindMethod(collection.Method("Create"));
    auto request = New((*method)->input_type());
    const auto* field = request->GetDescriptor()->FindFieldByName(collection.singular);
    request->GetReflection()->MutableMessage(request.get(), field)->CopyFrom(record);
    Stamp(request.get(), absl::StrCat(collection.plural, "/", id));
    return request;
  }

  // The same row in another run gives the same id; what it says is part of it.
  void Stamp(Message* request, absl::string_view what) const {
    if (context_.dry_run) SetField(request, "validate_only", "true").IgnoreError();
    const std::string id =
        RequestIdFor(absl::StrCat(context_.map->source, "|", what, "|", context_.as.ToText(), "|",
                                  request->ShortDebugString()));
    SetField(request, "request_id", id).IgnoreError();
  }

  absl::Status WriteResolved(std::vector<Work> works) {
    std::vector<Work*> fresh;
    std::vector<Work*> existing;
    for (Work& work : works) {
      work.name = known_.NameOf(collection_.plural, work.plan.id);
      (work.name.empty() ? fresh : existing).push_back(&work);
    }
    COMITY_RETURN_IF_ERROR(CreateAll(fresh));
    for (Work* work : existing) CompareWith(*work);
    if (!context_.dry_run) {
      for (Work* work : existing) Update(*work);
      COMITY_RETURN_IF_ERROR(RecordFacts(works));
      COMITY_RETURN_IF_ERROR(Judge(works));
    }
    for (const Work& work : works) {
      if (!work.problems.empty()) {
        context_.ledger->Refuse(work.problems);
      } else if (work.changed) {
        context_.ledger->Take();
      } else {
        context_.ledger->Leave();
      }
    }
    return absl::OkStatus();
  }

  absl::Status CreateAll(const std::vector<Work*>& works) {
    Requests requests;
    for (Work* work : works) {
      requests.push_back(CreateRequest(collection_, work->plan.id, *work->plan.record));
      work->changed = true;
      work->difference.facts = work->plan.facts;
      work->difference.judgements = work->plan.judgements;
    }
    COMITY_ASSIGN_OR_RETURN(
        const auto results,
        SendBatch(*context_.caller, context_.as, collection_.Method("BatchCreate"), requests));
    for (size_t i = 0; i < works.size(); ++i) {
      if (!results[i].status.ok()) {
        works[i]->problems.push_back(Refusal(works[i]->plan, "", results[i].status));
        continue;
      }
      works[i]->name = context_.dry_run ? kNotStored : Cell(*results[i].value, "name");
      known_.Add(collection_.plural, works[i]->plan.id, works[i]->name);
    }
    return absl::OkStatus();
  }

  void CompareWith(Work& work) {
    const auto record = known_.RecordOf(collection_, work.plan.id);
    if (record == nullptr) return;  // made by an earlier row of this file
    work.difference = Compare(work.plan, *record);
    work.problems = work.difference.contradictions;
    work.changed = !work.difference.empty();
  }

  void Update(Work& work) {
    if (!work.problems.empty() || work.difference.changed.empty()) return;
    const std::string name = collection_.Method("Update");
    const auto method = FindMethod(name);
    auto request = New((*method)->input_type());
    const auto* type = request->GetDescriptor();
    Message* record = request->GetReflection()->MutableMessage(
        request.get(), type->FindFieldByName(collection_.singular));
    MergeAttributes(work);
    record->CopyFrom(*work.plan.record);
    Message* mask = request->GetReflection()->MutableMessage(request.get(),
                                                             type->FindFieldByName("update_mask"));
    for (const std::string& path : work.difference.changed) {
      mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), path);
    }
    SetField(record, "name", work.name).IgnoreError();
    Stamp(request.get(), work.name);
    const auto reply = New((*method)->output_type());
    const absl::Status status = context_.caller->Call(context_.as, name, *request, reply.get());
    if (!status.ok()) work.problems.push_back(Refusal(work.plan, "", status));
  }

  // A map is replaced as a whole: entries that the row does not say stay.
  void MergeAttributes(Work& work) {
    const auto held = known_.RecordOf(collection_, work.plan.id);
    const auto* field = work.plan.record->GetDescriptor()->FindFieldByName("attributes");
    if (held == nullptr || field == nullptr) return;
    for (int i = 0; i < held->GetReflection()->FieldSize(*held, field); ++i) {
      const Message& entry = held->GetReflection()->GetRepeatedMessage(*held, field, i);
      const std::string path = absl::StrCat("attributes.", Cell(entry, "key"));
      if (Cell(*work.plan.record, path).empty()) {
        SetField(work.plan.record.get(), path, Cell(entry, "value")).IgnoreError();
      }
    }
  }

  absl::Status RecordFacts(std::vector<Work>& works) {
    Requests requests;
    std::vector<Item> items;
    for (Work& work : works) {
      if (!work.problems.empty()) continue;
      for (const auto& fact : work.difference.facts) {
        auto request = std::make_unique<fact::v1::RecordFactRequest>();
        request->set_parent(work.name);
        *request->mutable_fact() = fact;
        Stamp(request.get(), fact.external_id().id());
        requests.push_back(std::move(request));
        items.push_back({&work, Cell(fact, "kind")});
      }
    }
    return Send("comity.fact.v1.FactService/BatchRecordFacts", requests, items);
  }

  absl::Status Judge(std::vector<Work>& works) {
    Requests requests;
    std::vector<Item> items;
    for (Work& work : works) {
      if (!work.problems.empty()) continue;
      for (const auto& judgement : work.difference.judgements) {
        auto request = std::make_unique<judgement::v1::JudgeRequest>();
        *request->mutable_judgement() = judgement;
        request->mutable_judgement()->set_subject(work.name);
        Stamp(request.get(), absl::StrCat(work.plan.id, "/", judgement.question()));
        requests.push_back(std::move(request));
        items.push_back({&work, judgement.question()});
      }
    }
    return Send("comity.judgement.v1.JudgementService/BatchJudge", requests, items);
  }

  absl::Status Send(absl::string_view method, const Requests& requests,
                    const std::vector<Item>& items) {
    if (requests.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(const auto results,
                            SendBatch(*context_.caller, context_.as, method, requests));
    for (size_t i = 0; i < items.size(); ++i) {
      if (results[i].status.ok()) continue;
      Work& work = *items[i].work;
      work.problems.push_back(Refusal(work.plan, items[i].part, results[i].status));
    }
    return absl::OkStatus();
  }

  // Stands for the name of what a dry run would have made.
  static constexpr char kNotStored[] = "-";

  const WriteContext context_;
  const Collection collection_;
  KnownRecords known_;
  absl::Mutex making_;
  absl::Mutex mutex_;
  std::vector<RowPlan> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

Problem Refusal(const RowPlan& row, const std::string& part, const absl::Status& status) {
  return {row.line, part.empty() ? "row" : part, row.id, Reason(status), ErrorText(status)};
}

std::unique_ptr<Writer> MakeRecordWriter(const WriteContext& context) {
  return std::make_unique<RecordWriter>(context);
}

std::unique_ptr<Writer> MakeWriter(const WriteContext& context) {
  return context.map->collection.has_chosen_ids() ? MakePersonWriter(context)
                                                  : MakeRecordWriter(context);
}

}  // namespace comity::client
