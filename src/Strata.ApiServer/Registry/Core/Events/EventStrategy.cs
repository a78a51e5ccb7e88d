using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Events;

/// <summary>Events: what happened to an object, for people.</summary>
internal sealed class EventStrategy : ResourceStrategy
{
    private static readonly string[] FieldNames =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    private readonly EventsVersion _new;

    public EventStrategy() => _new = new EventsVersion(this);

    public override KindInfo Kind => Event.Info;

    public override IReadOnlyList<ServedVersion> OtherVersions => [_new];

    public override IReadOnlyList<string> ShortNames => ["ev"];

    public override bool AllowsCreateOnUpdate => true;

    public override IReadOnlyList<TableColumn> Columns => EventTable.Columns;

    public override void Default(JsonObject target)
    {
        MicroTimes.Normalize(target, "eventTime");
        MicroTimes.Normalize(target.Object("series"), "lastObservedTime");
    }

    public override void Validate(JsonObject target, FieldErrors errors) => EventValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => EventValidation.ValidateUpdate(target, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source)
    {
        var involved = source.Get("involvedObject"u8);
        var component = source.Get("source"u8, "component"u8);
        return new SelectableFieldSet(FieldNames,
        [
            SelectableFieldSet.Value(involved.Get("kind"u8)), SelectableFieldSet.Value(involved.Get("namespace"u8)), involved.Text("name"u8), involved.Text("uid"u8),
            SelectableFieldSet.Value(involved.Get("apiVersion"u8)), involved.Text("resourceVersion"u8), involved.Text("fieldPath"u8), source.Text("reason"u8),
            source.Text("reportingComponent"u8), (component.HasText() ? component : source.Get("reportingComponent"u8)).Text(), SelectableFieldSet.Value(source.Get("type"u8)),
        ]);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => EventTable.Row(source, now);
}
