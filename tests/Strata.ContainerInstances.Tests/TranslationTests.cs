using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Arm;
using Strata.ContainerInstances.Translation;
using Strata.ContainerInstances.Validation;

namespace Strata.ContainerInstances.Tests;

/// <summary>Golden folders: <c>testdata/translation/&lt;case&gt;/group.json</c> becomes <c>core.json</c>, the pod and its secrets.
/// To accept changed output, run with STRATA_UPDATE_GOLDENS naming the source folder and read the difference.</summary>
public sealed class TranslationTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Root).Select(d => Path.GetFileName(d)!)];

    private static string Root => Path.Combine(AppContext.BaseDirectory, "testdata", "translation");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Group_becomes_pod_and_secrets(string name)
    {
        var body = ArmJson.ParseContainerGroup(File.ReadAllBytes(Path.Combine(Root, name, "group.json")));
        var group = ContainerGroupNormalizer.Normalize(body, ArmResourceId.ForContainerGroup("sub", "rg", name), "local");
        Assert.Empty(ContainerGroupValidator.Validate(group, new InstanceLimits()));
        var translated = GroupTranslator.Translate(group, new TranslationContext("container-instances", "inst", "uid1", 1));
        var actual = new JsonObject
        {
            ["pod"] = JsonNode.Parse(ModelJson.Serialize(translated.Pod)),
            ["secrets"] = new JsonArray([.. translated.Secrets.Select(s => JsonNode.Parse(ModelJson.Serialize(s)))]),
        }.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("STRATA_UPDATE_GOLDENS") is { Length: > 0 } source)
        {
            File.WriteAllText(Path.Combine(source, "translation", name, "core.json"), actual);
        }
        else
        {
            Assert.Equal(File.ReadAllText(Path.Combine(Root, name, "core.json")), actual);
        }
    }

    [Theory]
    [InlineData("plain $HOME", "plain $HOME")]
    [InlineData("$(NAME)", "$$(NAME)")]
    [InlineData("a$$b", "a$$$$b")]
    public void Text_that_kubernetes_would_expand_is_escaped(string text, string escaped) => Assert.Equal(escaped, VariableSyntax.Escape(text));
}
