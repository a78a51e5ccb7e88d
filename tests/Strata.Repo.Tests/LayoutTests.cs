using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Strata.Repo.Tests;

/// <summary>What compilers cannot check about the repository.</summary>
public sealed partial class LayoutTests
{
    // References point down only; parts on one level meet at a protocol. Level 0 knows nothing of the others.
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["Strata.Api"] = [],
        ["Strata.Arm"] = [],
        ["Strata.Store"] = [],
        ["Strata.Streaming"] = [],
        ["Strata.Cri"] = ["Strata.Streaming"], // The runtime's exec and port-forward speak SPDY.
        ["Strata.Client"] = ["Strata.Api"],
        ["Strata.Hosting"] = ["Strata.Api"],
        ["Strata.Pods"] = ["Strata.Api", "Strata.Client", "Strata.Hosting"],
        ["Strata.Kubelet"] = ["Strata.Api", "Strata.Client", "Strata.Hosting", "Strata.Pods", "Strata.Streaming"], // A node's server, whoever runs the pods.
        ["Strata.ApiServer"] = ["Strata.Api", "Strata.Store", "Strata.Client", "Strata.Hosting"], // Alone may touch the store.
        ["Strata.Scheduler"] = ["Strata.Api", "Strata.Client", "Strata.Hosting"],
        ["Strata.Controllers"] = ["Strata.Api", "Strata.Client", "Strata.Hosting"],
        ["Strata.Node"] = ["Strata.Api", "Strata.Pods", "Strata.Kubelet", "Strata.Cri", "Strata.Client", "Strata.Hosting"],
        ["Strata.Network"] = ["Strata.Api", "Strata.Client", "Strata.Hosting"],
        ["Strata.ContainerInstances"] = ["Strata.Arm", "Strata.Api", "Strata.Client", "Strata.Hosting"],
        ["Strata.VirtualNode"] = ["Strata.Api", "Strata.Pods", "Strata.Kubelet", "Strata.Arm", "Strata.Client", "Strata.Hosting"],
    };

    public static TheoryData<string> Projects => [.. AllowedReferences.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string project)
    {
        var references = XDocument.Load(Path.Combine(Checkout.Root, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Empty(references.Except(AllowedReferences[project]));
    }

    [Fact]
    public void Every_project_under_src_is_in_the_table_or_is_the_host()
    {
        var projects = Directory.GetDirectories(Path.Combine(Checkout.Root, "src")).Select(folder => Path.GetFileName(folder)!);

        Assert.Equal(["Strata.Host"], projects.Except(AllowedReferences.Keys));
    }

    [Fact]
    public void No_source_file_holds_a_left_over_marker()
    {
        var marked = Checkout.Files("src", "*.cs").Concat(Checkout.Files("tests", "*.cs"))
            .Where(path => LeftOver().IsMatch(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(Checkout.Root, path));

        Assert.Empty(marked);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var documents = Checkout.Files("docs", "*.md").Append(Path.Combine(Checkout.Root, "README.md")).Append(Path.Combine(Checkout.Root, "CONTRIBUTING.md"));
        var dead =
            from document in documents
            from Match link in LocalLink().Matches(File.ReadAllText(document))
            let target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{Path.GetRelativePath(Checkout.Root, document)}: {link.Groups[1].Value}";

        Assert.Empty(dead);
    }

    [Fact]
    public void Event_ids_are_used_once_within_a_project()
    {
        foreach (var project in AllowedReferences.Keys)
        {
            var ids = Checkout.Files(Path.Combine("src", project), "*.cs")
                .SelectMany(path => EventId().Matches(File.ReadAllText(path)))
                .Select(match => match.Groups[1].Value);

            Assert.Empty(ids.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => $"{project}: {group.Key}"));
        }
    }

    [GeneratedRegex("NotImplementedException\\(|\\b(TO" + "DO|FIX" + "ME|HA" + "CK)\\b")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex LocalLink();

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex EventId();
}
