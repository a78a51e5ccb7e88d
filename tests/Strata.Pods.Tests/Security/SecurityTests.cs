using Strata.Api.Models;
using Strata.Pods.Runtime;
using Strata.Pods.Security;

namespace Strata.Pods.Tests.Security;

public sealed class SecurityTests
{
    private static readonly RuntimeImage RootImage = new("sha256:1", [], 1, 0, "");

    [Fact]
    public void The_containers_settings_go_before_the_pods()
    {
        var pod = Given.Pod().WithSpec(spec => spec with { SecurityContext = new PodSecurityContext { RunAsUser = 1, RunAsGroup = 2, FsGroup = 3, SupplementalGroups = [4], SeccompProfile = new SeccompProfile { Type = "RuntimeDefault" } } });
        var container = Given.Container() with
        {
            SecurityContext = new SecurityContext { RunAsUser = 9, AllowPrivilegeEscalation = false, Capabilities = new Capabilities { Add = ["NET_ADMIN", "CAP_SYS_TIME"], Drop = ["all"] } },
        };
        var result = SecurityResolver.Resolve(pod, container, RootImage, "/seccomp").Security;
        Assert.Equal((9, 2, true, SeccompMode.RuntimeDefault), (result.RunAsUser, result.RunAsGroup, result.NoNewPrivileges, result.Seccomp));
        Assert.Equal([4L, 3L], result.SupplementalGroups);
        Assert.Equal(["NET_ADMIN", "SYS_TIME"], result.AddCapabilities);
        Assert.Equal(["ALL"], result.DropCapabilities);
    }

    [Theory]
    [InlineData(null, 0L, "", "image will run as root")]
    [InlineData(null, null, "app", "non-numeric user (app)")]
    [InlineData(0L, 5L, "", "breaks non-root policy")]
    [InlineData(7L, 0L, "", null)]
    [InlineData(null, 5L, "", null)]
    public void A_container_that_must_not_be_root_is_checked_against_its_image(long? user, long? imageUser, string imageUserName, string? problem)
    {
        var container = Given.Container() with { SecurityContext = new SecurityContext { RunAsNonRoot = true, RunAsUser = user } };
        var error = SecurityResolver.Resolve(Given.Pod(container), container, RootImage with { User = imageUser, UserName = imageUserName }, "/seccomp").Error;
        if (problem is null)
        {
            Assert.Null(error);
        }
        else
        {
            Assert.Contains(problem, error, StringComparison.Ordinal);
        }
    }
}
