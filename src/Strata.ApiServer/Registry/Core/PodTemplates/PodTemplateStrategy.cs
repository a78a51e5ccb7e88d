using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Apps;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.PodTemplates;

/// <summary>PodTemplates: a pod's description kept by itself.</summary>
internal sealed class PodTemplateStrategy : ResourceStrategy
{
    public override KindInfo Kind => PodTemplate.Info;

    public override bool HasGeneration => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, WorkloadCells.ContainersColumn with { Priority = 0 }, WorkloadCells.ImagesColumn with { Priority = 0 },
        new("Pod Labels", Description: "The labels for the pod template"),
    ];

    public override void Default(JsonObject target) => PodTemplateDefaults.Apply(target);

    public override void Validate(JsonObject target, FieldErrors errors) => PodTemplateValidation.Validate(target.Object("template") ?? [], "template", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var template = source.Get("template"u8);
        var containers = template.Get("spec"u8, "containers"u8);
        return [TableColumn.NameOf(source), Cells.Join(containers, "name"u8), Cells.Join(containers, "image"u8), Cells.Labels(template.Get("metadata"u8, "labels"u8))];
    }
}
