using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>Runs objects through a kind's rules in the order in which the registry does, without a store.</summary>
internal static class Rules
{
    public static JsonObject Yaml(string text) => (JsonObject)YamlJson.Parse(Encoding.UTF8.GetBytes(text), null);

    /// <summary>Defaults and prepares a new object.</summary>
    public static JsonObject Prepared(ResourceStrategy strategy, JsonObject target)
    {
        if (strategy.Kind.Namespaced)
        {
            target.Metadata().DefaultText("namespace", "default");
        }

        strategy.Default(target);
        strategy.PrepareForCreate(target);
        return target;
    }

    /// <summary>What creating the object reports, one line per problem: <c>path: message</c>.</summary>
    public static IReadOnlyList<string> Create(ResourceStrategy strategy, JsonObject target)
    {
        Prepared(strategy, target);
        var errors = new FieldErrors();
        MetadataValidation.Validate(target, strategy, errors);
        strategy.Validate(target, errors);
        strategy.ValidateCreate(target, errors);
        return Lines(errors);
    }

    /// <summary>What replacing <paramref name="old"/> (already prepared) reports.</summary>
    public static IReadOnlyList<string> Update(ResourceStrategy strategy, JsonObject target, JsonObject old)
    {
        if (strategy.HasStatus)
        {
            target.Restore(old, "status");
        }

        target.Metadata().DefaultText("namespace", old.Namespace());
        strategy.Default(target);
        strategy.PrepareForUpdate(target, old);
        var errors = new FieldErrors();
        strategy.Validate(target, errors);
        strategy.ValidateUpdate(target, old, errors);
        return Lines(errors);
    }

    /// <summary>What writing the status in YAML over <paramref name="old"/> (already prepared) through /status reports.</summary>
    public static IReadOnlyList<string> Status(ResourceStrategy strategy, JsonObject old, string status)
    {
        var target = old.Copy();
        target["status"] = Yaml(status);
        strategy.Default(target);
        strategy.PrepareForStatusUpdate(target, old);
        var errors = new FieldErrors();
        strategy.ValidateUpdate(target, old, errors);
        strategy.ValidateStatusUpdate(target, old, errors);
        return Lines(errors);
    }

    public static JsonObject Copy(this JsonObject source) => (JsonObject)source.DeepClone();

    public static IReadOnlyList<string> Lines(FieldErrors errors) => [.. errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}")];
}
