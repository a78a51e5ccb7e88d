using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.VolumeAttributesClasses;

/// <summary>VolumeAttributesClasses: properties of volumes that can change while they are in use (KEP-3751).</summary>
internal sealed class VolumeAttributesClassStrategy : ResourceStrategy
{
    public override KindInfo Kind => VolumeAttributesClass.Info;

    public override IReadOnlyList<string> ShortNames => ["vac"];

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } = [TableColumn.NameColumn, new("DriverName", Description: "The driver that understands the parameters."), TableColumn.AgeColumn];

    // Rules: storage: validation.go ValidateVolumeAttributesClass.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        ClassRules.ValidateProvisioner(target.TextOrEmpty("driverName"), "driverName", errors);
        ClassRules.ValidateParameters(target.Object("parameters"), mayBeEmpty: false, errors);
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        ClassRules.ForbidChange(target, old, "driverName", errors);
        ClassRules.ForbidChange(target, old, "parameters", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [ClassRules.Name(source, "volumeattributesclass.alpha.kubernetes.io/is-default-class"u8), source.Text("driverName"u8), TableColumn.Age(source, now)];
}
