using Strata.Api.Errors;

namespace Strata.ApiServer.Tests.Registry;

/// <summary>Tables of objects with one problem, as YAML without name.</summary>
internal static class OneProblem
{
    /// <summary>Creating the object reports these problems.</summary>
    public static void Create(string kind, string body, params string[] problems) =>
        Assert.Equal(problems, Rules.Create(Kinds.Get(kind), Rules.Yaml($"{{metadata: {{name: {Name(kind)}}}, {body}}}")));

    /// <summary>Changing <paramref name="before"/> into <paramref name="after"/> reports these problems.</summary>
    public static void Update(string kind, string before, string after, params string[] problems)
    {
        var strategy = Kinds.Get(kind);
        var old = Rules.Prepared(strategy, Rules.Yaml($"{{metadata: {{name: {Name(kind)}}}, {before}}}"));
        var errors = new FieldErrors();
        strategy.Validate(old, errors);
        Assert.Empty(Rules.Lines(errors));
        Assert.Equal(problems, Rules.Update(strategy, Rules.Yaml($"{{metadata: {{name: {Name(kind)}}}, {after}}}"), old));
    }

    private static string Name(string kind) => kind == "IPAddress" ? "10.0.0.1" : "a";
}
