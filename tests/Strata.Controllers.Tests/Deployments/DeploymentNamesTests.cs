using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests.Deployments;

public sealed class DeploymentNamesTests
{
    [Fact]
    public void The_hash_is_stable_has_ten_safe_characters_and_differs_by_template_and_collision()
    {
        var hash = DeploymentNames.Hash(Given.Template, null);

        Assert.Equal(hash, DeploymentNames.Hash(Given.Template with { }, null));
        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{10}$", hash);
        Assert.NotEqual(hash, DeploymentNames.Hash(Given.Template, 1));
        Assert.NotEqual(hash, DeploymentNames.Hash(Given.Template with { Spec = Given.Template.Spec with { Hostname = "x" } }, null));
    }

    [Fact]
    public void The_hash_label_does_not_make_templates_differ()
    {
        var labeled = Given.Template with { Metadata = Given.Template.Metadata with { Labels = new Dictionary<string, string>(Given.Template.Metadata.Labels) { [DeploymentNames.HashLabel] = "x" } } };

        Assert.True(DeploymentNames.SameTemplate(Given.Template, labeled));
        Assert.False(DeploymentNames.SameTemplate(Given.Template, labeled with { Spec = labeled.Spec with { Hostname = "x" } }));
    }

    [Fact]
    public void Bookkeeping_annotations_are_not_inherited()
    {
        var metadata = new ObjectMeta
        {
            Annotations = new Dictionary<string, string>
            {
                ["kubectl.kubernetes.io/last-applied-configuration"] = "{}",
                [DeploymentNames.Revision] = "3",
                ["kubernetes.io/change-cause"] = "new image",
            },
        };

        Assert.Equal([KeyValuePair.Create("kubernetes.io/change-cause", "new image")], DeploymentNames.Inherited(metadata));
        Assert.Equal(3, DeploymentNames.RevisionOf(metadata));
    }

    [Fact]
    public void History_grows_at_its_end_and_forgets_at_its_start()
    {
        var metadata = new ObjectMeta { Annotations = new Dictionary<string, string> { [DeploymentNames.RevisionHistory] = "1,4" } };

        Assert.Equal("1,4,7", DeploymentNames.WithHistory(metadata, 7));
        Assert.Equal("7", DeploymentNames.WithHistory(ObjectMeta.Empty, 7));
        var full = metadata with { Annotations = new Dictionary<string, string> { [DeploymentNames.RevisionHistory] = string.Join(',', Enumerable.Range(100, 500)) } };
        Assert.EndsWith(",599,600", DeploymentNames.WithHistory(full, 600), StringComparison.Ordinal);
        Assert.InRange(DeploymentNames.WithHistory(full, 600).Length, 1990, 2000);
    }
}
