using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.IngressClasses;

/// <summary>IngressClasses: which controller serves an Ingress.</summary>
internal sealed class IngressClassStrategy : ResourceStrategy
{
    private const int LongestController = 250;

    public override KindInfo Kind => IngressClass.Info;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Controller", Description: "Controller that is responsible for handling this class"),
        new("Parameters", Description: "A reference to a resource with additional parameters"), TableColumn.AgeColumn,
    ];

    public override void Default(JsonObject target) => target.Object("spec").Object("parameters")?.DefaultText("scope", "Cluster");

    // Rules: networking: validation.go ValidateIngressClass.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var controller = target.Object("spec").TextOrEmpty("controller");
        if (controller.Length > LongestController)
        {
            errors.TooLong("spec.controller", LongestController);
        }

        DomainPaths.Validate(controller, "spec.controller", errors);
        if (target.Object("spec").Object("parameters") is { } parameters)
        {
            ValidateParameters(parameters, "spec.parameters", errors);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) =>
        target.Object("spec").ValidateUnchanged(old.Object("spec"), "controller", "spec", errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        return [TableColumn.NameOf(source), spec.Text("controller"u8), Parameters(spec.Get("parameters"u8)), TableColumn.Age(source, now)];
    }

    private static void ValidateParameters(JsonObject parameters, string path, FieldErrors errors)
    {
        LocalReferences.Validate(parameters, path, errors);
        var namespaceName = parameters.Text("namespace");
        switch (parameters.TextOrEmpty("scope"))
        {
            case "Namespace" when namespaceName is null:
                errors.Required($"{path}.namespace", "`parameters.scope` is set to 'Namespace'");
                break;
            case "Namespace":
                ObjectNames.ValidateLabel(namespaceName, $"{path}.namespace", errors);
                break;
            case "Cluster":
                if (namespaceName is not null)
                {
                    errors.Forbidden($"{path}.namespace", "`parameters.scope` is set to 'Cluster'");
                }

                break;
            case var other:
                errors.NotSupported($"{path}.scope", other, "Cluster", "Namespace");
                break;
        }
    }

    private static string Parameters(JsonElement parameters)
    {
        if (!parameters.Exists())
        {
            return Cells.None;
        }

        var group = parameters.Get("apiGroup"u8).HasText() ? $".{parameters.Text("apiGroup"u8)}" : "";
        return $"{parameters.Text("kind"u8)}{group}/{parameters.Text("name"u8)}";
    }
}
