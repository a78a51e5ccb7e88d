using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Selector and labels that tie pods to their job; the job's uid in them keeps jobs apart (registry/batch/job: strategy.go generateSelector).</summary>
internal static class JobSelector
{
    private const string Uid = "batch.kubernetes.io/controller-uid";
    private const string JobName = "batch.kubernetes.io/job-name";
    private const string LegacyUid = "controller-uid";
    private const string LegacyJobName = "job-name";

    /// <summary>Fills both in unless the user manages them. What the user has set stays: validation tells if it does not fit.</summary>
    public static void Generate(JsonObject target)
    {
        var spec = target.Ensure("spec");
        if (spec.IsTrue("manualSelector") || spec.Object("template") is not { } template)
        {
            return;
        }

        var labels = template.Ensure("metadata").Ensure("labels");
        foreach (var (name, value) in Labels(target))
        {
            labels[name] ??= value;
        }

        spec.Ensure("selector").Ensure("matchLabels")[Uid] ??= target.Metadata().TextOrEmpty("uid");
    }

    /// <summary>Checks that the generated parts are there (batch: validation.go validateGeneratedSelector).</summary>
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        if (spec.IsTrue("manualSelector") || spec.Object("selector") is not { } selector)
        {
            return;
        }

        var given = spec.Object("template").Object("metadata").Object("labels");
        var expected = new JsonObject();
        foreach (var (name, value) in Labels(target))
        {
            expected[name] = value;
            if (given?[name] is null)
            {
                errors.Required($"spec.template.metadata.labels[{name}]", $"must be '{value}'");
            }
            else if (given.TextOrEmpty(name) != value)
            {
                errors.Invalid($"spec.template.metadata.labels[{name}]", given, $"must be '{value}'");
            }
        }

        if (!LabelSelectorValidation.Matches(selector, expected))
        {
            errors.Invalid("spec.selector", selector, "`selector` not auto-generated");
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Labels(JsonObject target)
    {
        var uid = target.Object("metadata").TextOrEmpty("uid");
        return [new(LegacyUid, uid), new(LegacyJobName, target.Name()), new(Uid, uid), new(JobName, target.Name())];
    }
}
