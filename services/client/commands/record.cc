// comity lead|opportunity|account|… list|get|create|update: the same for every kind of record.
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/dispute_view.h"
#include "services/client/output/format.h"
#include "services/client/output/json.h"
#include "services/client/output/record_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct RecordFlags {
  std::string name;
  std::string lens;
  std::string filter;
  std::string order_by;
  std::string page_token;
  std::string json;
  std::string etag;
  int page_size = 0;
  bool all = false;
  bool show_all = false;
  bool validate_only = false;
  std::vector<std::string> sets;
};

bool Has(const Message& message, absl::string_view field) {
  return message.GetDescriptor()->FindFieldByName(std::string(field)) != nullptr;
}

absl::Status SetIfKnown(Message* request, absl::string_view field, absl::string_view value) {
  if (value.empty()) return absl::OkStatus();
  if (!Has(*request, field)) {
    return Usage(absl::StrCat("--", field, " means nothing for this kind of record"));
  }
  return SetField(request, field, value);
}

Message* Part(Message* message, absl::string_view field) {
  return message->GetReflection()->MutableMessage(
      message, message->GetDescriptor()->FindFieldByName(std::string(field)));
}

// The paths of `--set path=value`, applied.
absl::StatusOr<std::vector<std::string>> ApplySets(const std::vector<std::string>& sets,
                                                   Message* record) {
  std::vector<std::string> paths;
  for (const std::string& set : sets) {
    const std::vector<std::string> parts = absl::StrSplit(set, absl::MaxSplits('=', 1));
    if (parts.size() != 2) return Usage(absl::StrCat("`", set, "` is not of the form field=value"));
    COMITY_RETURN_IF_ERROR(SetField(record, parts[0], parts[1]));
    paths.push_back(parts[0]);
  }
  return paths;
}

absl::Status PrintDisputed(Context& context, const Message& shown) {
  return context.for_machines() ? absl::OkStatus() : context.Print(DisputedIn(shown));
}

absl::Status List(Context& context, const Collection& collection, const RecordFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  const std::string name = collection.Method("List");
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(name));
  const auto request = New(method->input_type());
  COMITY_RETURN_IF_ERROR(
      SetIfKnown(request.get(), "filter", FullFilter(*collection.type(), flags.filter)));
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "order_by", flags.order_by));
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "lens", FullLens(flags.lens)));
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "show_all", flags.show_all ? "true" : ""));
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "page_token", flags.page_token));
  const int page_size = flags.page_size == 0 && flags.all ? 500 : flags.page_size;
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "page_size", absl::StrCat(page_size)));
  COMITY_ASSIGN_OR_RETURN(const auto reply, context.FetchList(name, flags.all, request.get()));
  if (context.for_machines()) return context.PrintMessage(*reply);
  COMITY_RETURN_IF_ERROR(
      context.Print(RecordTable(*reply, collection.plural, TerminalWidth(), Questions::kAll)));
  COMITY_RETURN_IF_ERROR(PrintDisputed(context, *reply));
  return context.PrintMore(*reply);
}

absl::StatusOr<std::unique_ptr<Message>> Fetch(Context& context, const Collection& collection,
                                               const RecordFlags& flags) {
  const std::string name = collection.Method("Get");
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(name));
  const auto request = New(method->input_type());
  COMITY_RETURN_IF_ERROR(SetField(request.get(), "name", flags.name));
  COMITY_RETURN_IF_ERROR(SetIfKnown(request.get(), "lens", FullLens(flags.lens)));
  auto record = New(method->output_type());
  COMITY_RETURN_IF_ERROR(context.caller().Call(context.as(), name, *request, record.get()));
  return record;
}

absl::Status Show(const Context& context, const Message& record) {
  if (context.for_machines()) return context.PrintMessage(record);
  return context.Print(RecordDetail(record, TerminalWidth()));
}

absl::Status Get(Context& context, const Collection& collection, const RecordFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const auto record, Fetch(context, collection, flags));
  COMITY_RETURN_IF_ERROR(Show(context, *record));
  return PrintDisputed(context, *record);
}

absl::Status Create(Context& context, const Collection& collection, const RecordFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  const std::string name = collection.Method("Create");
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(name));
  const auto request = New(method->input_type());
  Message* record = Part(request.get(), collection.singular);
  if (!flags.json.empty()) COMITY_RETURN_IF_ERROR(FromJson(flags.json, record));
  COMITY_RETURN_IF_ERROR(ApplySets(flags.sets, record).status());
  COMITY_RETURN_IF_ERROR(SetField(request.get(), "request_id", RandomRequestId()));
  if (flags.validate_only) COMITY_RETURN_IF_ERROR(SetField(request.get(), "validate_only", "true"));
  const auto reply = New(method->output_type());
  COMITY_RETURN_IF_ERROR(context.caller().Call(context.as(), name, *request, reply.get()));
  return Show(context, *reply);
}

// A map is replaced as a whole: to change one of its entries the others are read first.
absl::Status ReadBeforeMapChange(Context& context, const Collection& collection,
                                 const RecordFlags& flags, Message* record) {
  for (const std::string& set : flags.sets) {
    const FieldDescriptor* field =
        record->GetDescriptor()->FindFieldByName(set.substr(0, set.find_first_of(".=")));
    if (field == nullptr || !field->is_map()) continue;
    COMITY_ASSIGN_OR_RETURN(const auto before, Fetch(context, collection, flags));
    for (const char* kept : {"attributes", "etag"}) {
      const auto* kept_field = record->GetDescriptor()->FindFieldByName(kept);
      std::vector<const FieldDescriptor*> swapped = {kept_field};
      record->GetReflection()->SwapFields(record, before.get(), swapped);
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Update(Context& context, const Collection& collection, const RecordFlags& flags) {
  if (flags.sets.empty()) return Usage("say what to change: --set field=value");
  COMITY_RETURN_IF_ERROR(context.Connect());
  const std::string name = collection.Method("Update");
  COMITY_ASSIGN_OR_RETURN(const MethodDescriptor* method, FindMethod(name));
  const auto request = New(method->input_type());
  Message* record = Part(request.get(), collection.singular);
  COMITY_RETURN_IF_ERROR(ReadBeforeMapChange(context, collection, flags, record));
  COMITY_ASSIGN_OR_RETURN(const auto paths, ApplySets(flags.sets, record));
  COMITY_RETURN_IF_ERROR(SetField(record, "name", flags.name));
  if (!flags.etag.empty()) COMITY_RETURN_IF_ERROR(SetField(record, "etag", flags.etag));
  Message* mask = Part(request.get(), "update_mask");
  const FieldDescriptor* mask_paths = mask->GetDescriptor()->FindFieldByName("paths");
  for (const std::string& path : paths) {
    const std::string top = path.substr(0, path.find('.'));
    const bool map = record->GetDescriptor()->FindFieldByName(top)->is_map();
    mask->GetReflection()->AddString(mask, mask_paths, map ? top : path);
  }
  COMITY_RETURN_IF_ERROR(SetField(request.get(), "request_id", RandomRequestId()));
  if (flags.validate_only) COMITY_RETURN_IF_ERROR(SetField(request.get(), "validate_only", "true"));
  const auto reply = New(method->output_type());
  COMITY_RETURN_IF_ERROR(context.caller().Call(context.as(), name, *request, reply.get()));
  return Show(context, *reply);
}

// What the examples of a kind set.
std::string SampleSets(const std::string& singular) {
  if (singular == "lead") return "--set family_name=Okafor --set organization='Delta Works'";
  if (singular == "opportunity")
    return "--set display_name='Spring order' --set amount='1200.50 EUR'";
  if (singular == "account") return "--set kind=organization --set display_name='Delta Works'";
  if (singular == "contact") return "--set account=accounts/… --set family_name=Okafor";
  if (singular == "relationship") return "--set account=accounts/… --set kind=member";
  if (singular == "campaign") return "--set display_name='Autumn fair' --set channel=trade-fair";
  if (singular == "product") return "--set display_name='GTX Pro' --set list_price='4821 USD'";
  return "--set title='The printer is on fire' --set account=accounts/…";
}

// By what the services can list a kind: what they say when they refuse another field.
struct Declared {
  const char* collection;
  const char* filters;
  const char* orders;
};
constexpr Declared kDeclared[] = {
    {"leads", "owner, source, responsible_department", "create_time"},
    {"opportunities", "account, lead, owner, responsible_department",
     "create_time, expected_close_date"},
    {"campaigns", "channel", "create_time"},
    {"products", "display_name", "create_time"},
    {"accounts", "parent_account, domain, owner, sector", "create_time"},
    {"contacts", "account", "create_time"},
    {"relationships", "account, contact, other_party, kind", "create_time"},
    {"cases", "account, owner, team, state", "create_time"},
};

std::string DeclaredText(const std::string& collection) {
  for (const Declared& declared : kDeclared) {
    if (collection != declared.collection) continue;
    return absl::StrCat("Filters: ", declared.filters,
                        ", external_id.source, external_id.id; combined by AND and OR.\nOrders: ",
                        declared.orders, "; with `desc` behind it the latest come first.");
  }
  return "The answer to an unknown filter or order names those that there are.";
}

class RecordCommand {
 public:
  RecordCommand(CLI::App* app, Context* context, const Collection& collection)
      : context_(context), collection_(collection), flags_(std::make_shared<RecordFlags>()) {
    noun_ = app->add_subcommand(
        collection.singular, absl::StrCat("Lists, gets, creates and updates ", collection.plural));
    noun_->require_subcommand(1);
  }

  void AddList(bool judged) {
    CLI::App* list = Verb("list", absl::StrCat("Lists ", collection_.plural), List);
    list->add_option("--filter", flags_->filter,
                     "Conditions over the fields named below, e.g. owner=ana");
    list->add_option("--order-by", flags_->order_by,
                     "One of those named below, e.g. 'create_time desc'");
    list->add_option("--page-size", flags_->page_size, "Entries a page, at most 500 (default 50)");
    list->add_option("--page-token", flags_->page_token, "Goes on where an earlier page ended");
    list->add_flag("--all", flags_->all, "Every page");
    if (judged) {
      AddLens(list);
      list->add_flag("--show-all", flags_->show_all,
                     "Also what the lens's department judged out of its working list");
    }
    list->footer(absl::StrCat("Examples:\n  comity ", collection_.singular, " list",
                              judged ? " --lens sales" : "", " --page-size 20\n  comity ",
                              collection_.singular, " list --all -o json\n",
                              DeclaredText(collection_.plural),
                              judged ? "\nAnswers in (brackets) are inherited from the settled "
                                       "answer; ! marks what a fact decides."
                                     : ""));
  }
  void AddGet(bool judged) {
    CLI::App* get = Verb("get", absl::StrCat("Shows one ", collection_.singular), Get);
    AddName(get);
    if (judged) AddLens(get);
    get->footer(absl::StrCat("Example:\n  comity ", collection_.singular, " get ",
                             collection_.plural, "/0190c0de-…"));
  }
  void AddCreate() {
    CLI::App* create = Verb("create", absl::StrCat("Creates one ", collection_.singular), Create);
    create->add_option("--json", flags_->json, "The record as the API's JSON");
    AddSets(create);
    create->footer(absl::StrCat("Examples:\n  comity ", collection_.singular, " create ",
                                SampleSets(collection_.singular), "\n  comity ",
                                collection_.singular,
                                " create --set attributes.colour=green … --validate-only"));
  }
  void AddUpdate() {
    CLI::App* update =
        Verb("update", absl::StrCat("Changes fields of one ", collection_.singular), Update);
    AddName(update);
    AddSets(update);
    update->add_option("--etag", flags_->etag, "Only if the record still has this etag");
    update->footer(absl::StrCat("Example:\n  comity ", collection_.singular, " update ",
                                collection_.plural,
                                "/0190c0de-… --set attributes.colour=blue\n"
                                "An empty value clears a field."));
  }

 private:
  using Act = absl::Status (*)(Context&, const Collection&, const RecordFlags&);

  CLI::App* Verb(const std::string& verb, const std::string& description, Act act) {
    CLI::App* command = noun_->add_subcommand(verb, description);
    command->callback([context = context_, &collection = collection_, flags = flags_, act] {
      context->action = [=, &collection] { return act(*context, collection, *flags); };
    });
    return command;
  }
  void AddName(CLI::App* command) {
    command->add_option("name", flags_->name, absl::StrCat("e.g. ", collection_.plural, "/0190…"))
        ->required();
  }
  void AddLens(CLI::App* command) {
    command->add_option("--lens", flags_->lens,
                        "Whose view: a department, or settled (default: your department)");
  }
  void AddSets(CLI::App* command) {
    command->add_option("--set", flags_->sets, "field=value; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--validate-only", flags_->validate_only, "Checks and stores nothing");
  }

  Context* const context_;
  const Collection& collection_;
  const std::shared_ptr<RecordFlags> flags_;
  CLI::App* noun_;
};

}  // namespace

void AddRecordCommands(CLI::App* app, Context* context) {
  for (const Collection& collection : Collections()) {
    const std::string& kind = collection.singular;
    if (kind == "person" || kind == "team" || kind == "department") continue;  // directory.cc
    const bool judged = FieldAt(*collection.type(), "lens_answers") != nullptr;
    RecordCommand command(app, context, collection);
    command.AddList(judged);
    command.AddGet(judged);
    command.AddCreate();
    command.AddUpdate();
  }
}

}  // namespace comity::client
