"""What an owner may set about accounts, sign-in and limits. The identity provider's secret is never in a file."""

from __future__ import annotations

from pydantic import BaseModel, Field

from tools.accounts.limits import Allowance
from tools.principal import RoleName

PER_MINUTE, PUBLIC_PER_MINUTE = 60, 120
AT_ONCE, PUBLIC_AT_ONCE = 4, 8  # well below what the page answers at once, so that one address does not hold it all
SECONDS_PER_DAY, PUBLIC_SECONDS_PER_DAY = 1800, 3600


class AccountSettings(BaseModel):
    """The settings of accounts, part of all settings."""

    public: bool = Field(True, description="不登录能否以公众身份使用；false 表示必须登录")
    session_idle_minutes: int = Field(60, ge=1, le=1440, description="多少分钟没有操作就要重新登录")
    session_hours: int = Field(12, ge=1, le=168, description="登录后最长多少小时要重新登录")
    trusted_proxies: str = Field(
        "", description="反向代理的地址（逗号分隔）；只有它们转来的客户端地址和协议才算数，留空表示没有"
    )
    questions_per_minute: int | None = Field(
        None, ge=1, le=100_000, description="每个使用者（公众按地址）每分钟最多提几个问题；演示工作区不写就不限"
    )
    concurrent_turns: int | None = Field(
        None, ge=1, le=10_000, description="每个使用者（公众按地址）最多同时提几个问题；演示工作区不写就不限"
    )
    query_seconds_per_day: int | None = Field(
        None, ge=1, le=86_400, description="每个使用者（公众按地址）每天最多用多少秒查询；演示工作区不写就不限"
    )
    oidc_issuer: str = Field("", description="单位统一身份认证（OpenID Connect）的地址；留空表示不用")
    oidc_client_id: str = Field("", description="在统一身份认证里登记的应用编号")
    oidc_label: str = Field("统一身份认证", max_length=20, description="登录页上按钮的名称")
    oidc_scope: str = Field("openid profile", description="向统一身份认证要的信息范围")
    oidc_redirect_url: str = Field("", description="登录后回到的地址；留空按访问地址推定，经反向代理时要写明")
    oidc_role_claim: str = Field("groups", description="哪一项信息决定角色")
    oidc_department_claim: str = Field("department", description="哪一项信息是所在部门")
    oidc_district_claim: str = Field("district", description="哪一项信息是所在区县")
    oidc_roles: dict[str, RoleName] = Field(
        default_factory=dict, description="角色对照：统一身份认证里的值 = 角色；写在前面的优先，没有写到的人只算公众"
    )
    oidc_departments: dict[str, str] = Field(
        default_factory=dict, description="部门对照：统一身份认证里的值 = 目录里的部门名称；留空表示名称相同"
    )

    def allowance(self, *, public: bool, demo: bool) -> Allowance:
        """What one person, or of the public one address, may use. A demo limits only what its owner has set."""
        if demo:
            standard = Allowance()
        elif public:
            standard = Allowance(PUBLIC_PER_MINUTE, PUBLIC_AT_ONCE, PUBLIC_SECONDS_PER_DAY)
        else:
            standard = Allowance(PER_MINUTE, AT_ONCE, SECONDS_PER_DAY)
        return Allowance(
            self.questions_per_minute or standard.per_minute,
            self.concurrent_turns or standard.at_once,
            self.query_seconds_per_day or standard.seconds_per_day,
        )
