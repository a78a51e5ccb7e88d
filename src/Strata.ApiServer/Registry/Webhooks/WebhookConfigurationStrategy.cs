using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Webhooks;

/// <summary>ValidatingWebhookConfigurations and MutatingWebhookConfigurations: whom to ask before an object is written. They differ in one field.</summary>
internal sealed class WebhookConfigurationStrategy(bool isMutating) : ResourceStrategy
{
    public override KindInfo Kind => isMutating ? MutatingWebhookConfiguration.Info : ValidatingWebhookConfiguration.Info;

    public override IReadOnlyList<string> Categories => ["api-extensions"];

    public override bool HasGeneration => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Webhooks", "integer", Description: "Webhooks indicates the number of webhooks registered in this configuration"), TableColumn.AgeColumn];

    public override void Default(JsonObject target)
    {
        foreach (var (hook, _) in target.Objects("webhooks"))
        {
            hook.DefaultText("failurePolicy", "Fail");
            hook.DefaultText("matchPolicy", "Equivalent");
            hook.Ensure("namespaceSelector");
            hook.Ensure("objectSelector");
            hook.DefaultNumber("timeoutSeconds", 10);
            if (isMutating)
            {
                hook.DefaultText("reinvocationPolicy", "Never");
            }

            hook.Object("clientConfig").Object("service")?.DefaultNumber("port", 443);
            foreach (var (rule, _) in hook.Objects("rules"))
            {
                rule.DefaultText("scope", "*");
            }
        }
    }

    // Rules: admissionregistration: validation.go.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (hook, index) in target.Objects("webhooks"))
        {
            var path = $"webhooks[{index}]";
            ValidateHook(hook, path, errors);
            ReviewVersionValidation.Validate(hook, "admissionReviewVersions", path, errors);
            if (hook.Text("name") is { } name && !names.Add(name))
            {
                errors.Duplicate($"{path}.name", name);
            }
        }
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Get("webhooks"u8).Items().Count(), TableColumn.Age(source, now)];

    private void ValidateHook(JsonObject hook, string path, FieldErrors errors)
    {
        ValidateName(hook.Text("name"), path, errors);
        foreach (var (rule, index) in hook.Objects("rules"))
        {
            WebhookRuleValidation.Validate(rule, $"{path}.rules[{index}]", errors);
        }

        ValidateChoice(hook, "failurePolicy", path, errors, "Fail", "Ignore");
        ValidateChoice(hook, "matchPolicy", path, errors, "Equivalent", "Exact");
        if (hook.Text("sideEffects") is null)
        {
            errors.Required($"{path}.sideEffects", "must specify one of None, NoneOnDryRun");
        }

        ValidateChoice(hook, "sideEffects", path, errors, "None", "NoneOnDryRun");
        if (isMutating)
        {
            ValidateChoice(hook, "reinvocationPolicy", path, errors, "IfNeeded", "Never");
        }

        if (hook.Number("timeoutSeconds") is (< 1 or > 30) and var seconds)
        {
            errors.Invalid($"{path}.timeoutSeconds", seconds, "the timeout value must be between 1 and 30 seconds");
        }

        LabelSelectorValidation.Validate(hook.Object("namespaceSelector"), $"{path}.namespaceSelector", errors);
        LabelSelectorValidation.Validate(hook.Object("objectSelector"), $"{path}.objectSelector", errors);
        WebhookClientValidation.Validate(hook.Object("clientConfig"), $"{path}.clientConfig", errors);
        ValidateConditions(hook, $"{path}.matchConditions", errors);
    }

    private static void ValidateName(string? name, string path, FieldErrors errors)
    {
        if (name is null)
        {
            errors.Required($"{path}.name");
        }
        else if (ObjectNames.SubdomainProblem(name) is { } problem)
        {
            errors.Invalid($"{path}.name", name, problem);
        }
        else if (name.Split('.').Length < 3)
        {
            errors.Invalid($"{path}.name", name, "should be a domain with at least three segments separated by dots");
        }
    }

    private static void ValidateChoice(JsonObject hook, string field, string path, FieldErrors errors, params ReadOnlySpan<string> choices)
    {
        if (hook.Text(field) is { } given && !choices.Contains(given))
        {
            errors.NotSupported($"{path}.{field}", given, choices);
        }
    }

    // A condition that nobody evaluates would let through, or stop, what it was written for: no webhook is better than one that means something else.
    private static void ValidateConditions(JsonObject hook, string path, FieldErrors errors)
    {
        if (hook.Count("matchConditions") > 0)
        {
            errors.Forbidden(path, "this server does not evaluate match conditions (CEL) yet");
        }
    }
}
